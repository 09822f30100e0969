/** Who serves a work now: bonded, admitted, and at which price; each row is the registry's own. */
import { pricesWithin } from '@grimoire/schema/price'
import type { Terms } from '@grimoire/schema/work'
import { useQuery } from '@tanstack/react-query'
import { Sheet } from '../design/sheet.tsx'
import { Again, Refusal, Waiting } from '../design/states.tsx'
import { hostOf } from '../words/host.ts'
import { money, plain, short } from '../words/plain.ts'
import { servingOperators } from './queries.ts'

export function Operators({ workId, terms }: { workId: string; terms: Terms }) {
  const operators = useQuery(servingOperators(workId))
  if (operators.isPending) return <Waiting label="Asking who serves it" lines={2} />
  if (operators.isError)
    return (
      <Refusal error={operators.error}>
        <Again run={() => void operators.refetch()} />
      </Refusal>
    )
  if (operators.data.length === 0)
    return (
      <p>
        <strong>0 nodes serve this.</strong> It can be bought and held, and answers nobody until a machine
        that its maker admits has put down a bond.
      </p>
    )
  return (
    <Sheet
      caption="Machines that serve this work"
      columns={['Operator', 'At', 'Bond', 'An answer', 'A million bytes in', 'and out']}
      rows={operators.data.map(operator => {
        const prices = pricesWithin(operator.prices, terms)
        return {
          key: operator.operator,
          cells: [
            short(operator.operator),
            plain(hostOf(operator.endpoint) ?? operator.endpoint.slice(0, 60)),
            money(operator.bondAtomic),
            money(prices.turnFeeAtomic),
            money(prices.inputPerMillionBytesAtomic),
            money(prices.outputPerMillionBytesAtomic),
          ],
        }
      })}
    />
  )
}
