/** A sum with every part of it, and what is left in the purse afterwards. */
import type { PurchasePlan } from '@grimoire/client/plan-purchase'
import { usePurse } from '../wallet/purse.tsx'
import type { Session } from '../wallet/session.ts'
import { money } from '../words/plain.ts'

/** Of the chain's own coin, to two places that matter. */
const coin = (wei: bigint): string =>
  `${(Number(wei) / 1e18).toLocaleString('en', { maximumSignificantDigits: 2, maximumFractionDigits: 12 })} ETH`

function feeWords({ feeWei, feePaidBy }: Pick<PurchasePlan, 'feeWei' | 'feePaidBy'>): string {
  if (feePaidBy === 'edge') return 'paid by this edge'
  return feeWei === null ? 'shown by your wallet' : `about ${coin(feeWei)}`
}

export function Bill(props: {
  session: Session
  lines: readonly [what: string, amountAtomic: bigint][]
  totalAtomic: bigint
  /** Where the network takes its own fee, in its own coin. */
  network?: Pick<PurchasePlan, 'feeWei' | 'feePaidBy'>
}) {
  const { session, lines, totalAtomic, network } = props
  const purse = usePurse(session)
  const short = purse.data !== undefined && purse.data < totalAtomic
  return (
    <table className="w-full tabular-nums">
      <caption className="unseen">What you pay</caption>
      <tbody>
        {lines.map(([what, amountAtomic]) => (
          <tr key={what}>
            <th scope="row" className="py-1 pr-4 text-left font-normal">
              {what}
            </th>
            <td className="text-right">{money(amountAtomic)}</td>
          </tr>
        ))}
        <tr className="border-t border-edge text-xl">
          <th scope="row" className="py-2 pr-4 text-left font-bold">
            You pay
          </th>
          <td className="text-right font-bold">{money(totalAtomic)}</td>
        </tr>
        {network && (
          <tr className="whisper">
            <th scope="row" className="pr-4 text-left font-normal">
              {network.feePaidBy === 'edge' ? 'Network fee' : 'Network fee, from your wallet'}
            </th>
            <td className="text-right">{feeWords(network)}</td>
          </tr>
        )}
        {purse.data !== undefined && (
          <tr className="whisper">
            <th scope="row" className="pr-4 text-left font-normal">
              {short ? 'You have only' : 'You have, afterwards'}
            </th>
            <td className="text-right">{money(short ? purse.data : purse.data - totalAtomic)}</td>
          </tr>
        )}
      </tbody>
    </table>
  )
}
