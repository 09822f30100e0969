/** Who gets what, as a bar and as a list: the list says it in words and sums, the bar only repeats it to the eye. */
import { money } from '../words/plain.ts'

export type Share = { who: string; amountAtomic: bigint }

/** One hue, set apart by weight: legible without telling colours from one another. */
const FILLS = ['bg-rubric', 'bg-ink', 'bg-edge', 'bg-line']

/** In percent, to a basis point: what the ledger counts shares in. */
const partOf = (amountAtomic: bigint, totalAtomic: bigint): number =>
  totalAtomic === 0n ? 0 : Number((amountAtomic * 20_000n + totalAtomic) / (totalAtomic * 2n)) / 100

export function Shares({ title, shares }: { title: string; shares: readonly Share[] }) {
  const totalAtomic = shares.reduce((sum, share) => sum + share.amountAtomic, 0n)
  const shown = shares.filter(share => share.amountAtomic > 0n)
  return (
    <figure>
      <figcaption className="mb-2 font-bold">{title}</figcaption>
      <div className="flex h-3 w-full gap-px" aria-hidden="true">
        {shown.map(({ who, amountAtomic }, index) => (
          <div
            key={who}
            className={FILLS[index % FILLS.length]}
            style={{ width: `${partOf(amountAtomic, totalAtomic)}%` }}
          />
        ))}
      </div>
      <ul className="mt-2">
        {shown.map(({ who, amountAtomic }, index) => (
          <li key={who} className="flex items-baseline gap-2.5 py-0.5">
            <span aria-hidden="true" className={`size-2.5 shrink-0 ${FILLS[index % FILLS.length]}`} />
            <span className="grow">{who}</span>
            <span className="whitespace-nowrap tabular-nums">{money(amountAtomic)}</span>
            <span className="whisper w-14 shrink-0 text-right tabular-nums">
              {partOf(amountAtomic, totalAtomic)} %
            </span>
          </li>
        ))}
      </ul>
    </figure>
  )
}
