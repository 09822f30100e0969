/** What a typical answer costs by a card, and what of it is the operator's: by the terms of real works, and beside others. */
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { chargeAtomic, type Prices, pricesWithin } from '@grimoire/schema/price'
import { useQueries, useQuery } from '@tanstack/react-query'
import { EXAMPLE } from '../studio/earn.tsx'
import { count, money } from '../words/plain.ts'
import { type CheckedWork, checkedWork } from '../work/queries.ts'
import { MACHINE, sharesOfAnswer } from '../work/shares-of.ts'
import { WorkName } from '../work/work-name.tsx'
import { everyOperator, mostUsed, servedWorks } from './queries.ts'

/** As many works as can be compared at a glance. */
const SHOWN = 3

/** Works of one's own, where one has any; else those that the market uses the most. */
function useExamples(operator: Hex | null): { works: CheckedWork[]; own: boolean } {
  const used = useQuery(mostUsed)
  const mine = useQuery({ ...servedWorks(operator ?? '0x'), enabled: operator !== null })
  const own = (mine.data ?? []).filter(({ by, served }) => by !== 'open' || served).map(one => one.workId)
  const others = (used.data ?? []).map(({ workId }) => workId)
  const workIds = (own.length > 0 ? own : others).slice(0, SHOWN)
  const checked = useQueries({ queries: workIds.map(workId => checkedWork(workId)) })
  return { works: checked.flatMap(({ data }) => data ?? []), own: own.length > 0 }
}

function OfWork({ work, prices }: { work: CheckedWork; prices: Prices }) {
  const allowed = pricesWithin(prices, work.terms)
  const costAtomic = chargeAtomic(allowed, EXAMPLE)
  const share = sharesOfAnswer(work, costAtomic).find(({ who }) => who === MACHINE)?.amountAtomic ?? 0n
  const isCapped = costAtomic < chargeAtomic(prices, EXAMPLE)
  return (
    <li className="border-t border-line py-2.5">
      <WorkName workId={work.workId} />
      <span className="flex flex-wrap justify-between gap-x-4 tabular-nums">
        <span className="text-faded">
          costs {money(costAtomic)}
          {isCapped && ', its maker’s ceiling'}
        </span>
        <strong>{money(share)} yours</strong>
      </span>
    </li>
  )
}

/** How many of those who serve now ask less for the same. */
function Beside({ prices, operator }: { prices: Prices; operator: Hex | null }) {
  const { data } = useQuery(everyOperator)
  const others = (data ?? []).filter(one => one.active && !(operator && sameAddress(one.operator, operator)))
  if (others.length === 0) return null
  const mine = chargeAtomic(prices, EXAMPLE)
  const sums = others.map(one => chargeAtomic(one.prices, EXAMPLE)).toSorted((a, b) => Number(a - b))
  const cheaper = sums.filter(sum => sum < mine).length
  const least = money(sums[0] ?? 0n)
  return (
    <p className="whisper mt-3">
      {others.length === 1
        ? `The one other machine that serves now asks ${least} for it.`
        : `Of ${count(others.length)} other machines that serve now ${count(cheaper)} ask less for it; the least is ${least}.`}
    </p>
  )
}

export function Typical({ prices, operator }: { prices: Prices | null; operator: Hex | null }) {
  const { works, own } = useExamples(operator)
  return (
    <section aria-label="A typical answer" className="border border-line bg-leaf p-5 lg:sticky lg:top-4">
      <h3 className="rubric mb-2">A typical answer</h3>
      {prices ? (
        <>
          <p className="font-book text-xl" aria-live="polite">
            <strong>{money(chargeAtomic(prices, EXAMPLE))}</strong> by this card, before it is divided.
          </p>
          {works.length > 0 && (
            <>
              <p className="mt-3 mb-1">
                {own ? 'Of works that you serve:' : 'Of works that this market uses the most:'}
              </p>
              <ul>
                {works.map(work => (
                  <OfWork key={work.workId} work={work} prices={prices} />
                ))}
              </ul>
            </>
          )}
          <Beside prices={prices} operator={operator} />
        </>
      ) : (
        <p className="text-faded">As soon as each price is a sum.</p>
      )}
      <p className="whisper mt-3">
        {count(EXAMPLE.outputBytes)} bytes of answer after {count(EXAMPLE.inputBytes)} bytes of question. The
        hidden text of a work is not counted: the flat fee stands for it.
      </p>
    </section>
  )
}
