/** What was bought, newest first: the history of the price, with what its maker earned of each sale. */
import type { TradeRow } from '@grimoire/schema/catalogue'
import { useQuery } from '@tanstack/react-query'
import { Sheet } from '../design/sheet.tsx'
import { Again, Refusal, Waiting } from '../design/states.tsx'
import { count, moment, money, short } from '../words/plain.ts'
import { workTrades } from './queries.ts'

const cellsOf = (trade: TradeRow) => [
  moment(trade.atSeconds),
  trade.kind === 'mint' ? 'From its maker' : 'From a holder',
  count(trade.quantity),
  money(trade.costAtomic),
  trade.kind === 'mint' ? '' : money(trade.royaltyAtomic),
  short(trade.seller),
  short(trade.recipient),
]

export function Trades({ workId }: { workId: string }) {
  const trades = useQuery(workTrades(workId))
  if (trades.isPending) return <Waiting label="The history is on its way" lines={3} />
  if (trades.isError)
    return (
      <Refusal error={trades.error}>
        <Again run={() => void trades.refetch()} />
      </Refusal>
    )
  if (trades.data.trades.length === 0) return <p>Nobody has bought it yet.</p>
  return (
    <Sheet
      caption="Purchases of this work"
      columns={['When', 'How', 'Editions', 'Paid', 'Royalty', 'Seller', 'Buyer']}
      rows={trades.data.trades.map(trade => ({
        key: `${trade.transaction}${trade.recipient}${trade.quantity}${trade.seller}`,
        cells: cellsOf(trade),
      }))}
    />
  )
}
