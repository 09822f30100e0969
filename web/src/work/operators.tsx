/** Who serves a work now: bonded, admitted, and at which price, as the registry has it; and how well, as this edge measured. */
import { mayReach } from '@grimoire/client/insecure-node'
import type { OperatorRecord } from '@grimoire/client/operator-read'
import { sameAddress } from '@grimoire/schema/hex'
import { pricesWithin } from '@grimoire/schema/price'
import type { Terms } from '@grimoire/schema/work'
import { useQuery } from '@tanstack/react-query'
import { Asked } from '../design/asked.tsx'
import { Sheet } from '../design/sheet.tsx'
import { hostOf } from '../words/host.ts'
import { money, plain, short } from '../words/plain.ts'
import { measuredServing, paceWords, upWords, waitWords } from './measured.ts'
import { servingOperators } from './queries.ts'

/** An address that a browser would block is not offered as if it worked. */
function unsafeNote(endpoint: string): string {
  if (hostOf(endpoint) === null || mayReach(endpoint)) return ''
  return ' (plain http: this page cannot use it, the local gateway can)'
}

export function Operators({ workId, terms }: { workId: string; terms: Terms }) {
  return (
    <Asked question={useQuery(servingOperators(workId))} waiting="Asking who serves it" lines={2}>
      {operators => <Serving workId={workId} operators={operators} terms={terms} />}
    </Asked>
  )
}

type Shown = { workId: string; operators: readonly OperatorRecord[]; terms: Terms }

/** Among so many columns it would break at its point. */
const Sum = ({ atomic }: { atomic: bigint | string }) => (
  <span className="whitespace-nowrap">{money(atomic)}</span>
)

const COLUMNS = [
  ...['Operator', 'Bond', 'An answer', 'A million bytes in', 'and out'],
  ...['Up', 'Signs a price in', 'First word; pace'],
]

function Serving({ workId, operators, terms }: Shown) {
  // Without its figures the rows stand all the same: those are the registry's.
  const { data: measured } = useQuery(measuredServing(workId))
  const healthOf = (operator: string) =>
    measured?.operators.find(row => sameAddress(row.operator, operator))?.health
  if (operators.length === 0)
    return (
      <p>
        <strong>0 nodes serve this.</strong> It can be bought and held, and answers nobody until a machine
        that its maker admits has put down a bond.
      </p>
    )
  return (
    <>
      {measured?.stranded && (
        <p className="mb-4">
          Nobody whom its maker lists serves it any more, so whoever has put down a bond may.
        </p>
      )}
      <Sheet
        caption="Machines that serve this work"
        columns={COLUMNS}
        rows={operators.map(operator => {
          const prices = pricesWithin(operator.prices, terms)
          return {
            key: operator.operator,
            cells: [
              <span key="operator">
                {short(operator.operator)} at{' '}
                {plain(hostOf(operator.endpoint) ?? operator.endpoint.slice(0, 60))}
                {unsafeNote(operator.endpoint)}
              </span>,
              <Sum key="bond" atomic={operator.bondAtomic} />,
              <Sum key="turn" atomic={prices.turnFeeAtomic} />,
              <Sum key="in" atomic={prices.inputPerMillionBytesAtomic} />,
              <Sum key="out" atomic={prices.outputPerMillionBytesAtomic} />,
              upWords(healthOf(operator.operator)),
              waitWords(healthOf(operator.operator)),
              paceWords(healthOf(operator.operator)),
            ],
          }
        })}
      />
      <p className="whisper mt-2">
        Bond and prices are the registry’s. How often it was up, and how soon it signed a price in the last
        half hour (half of the times, and 99 of 100), this edge has measured; so it has the first word and the
        pace, where the operator lets it ask for a few free words.
      </p>
    </>
  )
}
