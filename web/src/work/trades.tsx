/** What was bought, newest first: the price as a picture and as a table, with what its maker earned of each sale. */
import type { TradeRow } from '@grimoire/schema/catalogue'
import { useQuery } from '@tanstack/react-query'
import { Person } from '../activity/person.tsx'
import { Asked } from '../design/asked.tsx'
import { Steps } from '../design/chart.tsx'
import { Sheet } from '../design/sheet.tsx'
import { count, moment, money } from '../words/plain.ts'
import { workTrades } from './queries.ts'

/** Rounded down, as the edge tells the last price. */
const eachAtomic = ({ costAtomic, quantity }: TradeRow): bigint => BigInt(costAtomic) / BigInt(quantity || 1)

const cellsOf = (trade: TradeRow) => [
  moment(trade.atSeconds),
  trade.kind === 'mint' ? 'From its maker' : 'From a holder',
  count(trade.quantity),
  money(eachAtomic(trade)),
  money(trade.costAtomic),
  trade.kind === 'mint' ? '' : money(trade.royaltyAtomic),
  <Person key="seller" address={trade.seller} />,
  <Person key="buyer" address={trade.recipient} />,
]

export function Trades({ workId }: { workId: string }) {
  return (
    <Asked question={useQuery(workTrades(workId))} waiting="The history is on its way" lines={3}>
      {({ trades, nextCursor }) => <History trades={trades} more={nextCursor !== null} />}
    </Asked>
  )
}

/** The table below says the same in figures. */
function PriceHistory({ trades }: { trades: readonly TradeRow[] }) {
  const oldestFirst = trades.toReversed()
  const [first] = oldestFirst
  const last = oldestFirst.at(-1)
  if (!first || !last || trades.length < 2) return null
  const most = trades
    .map(eachAtomic)
    .sort((a, b) => (a < b ? -1 : 1))
    .at(-1)
  return (
    <Steps
      caption="What one edition went for; the table below has the same prices."
      points={oldestFirst.map(trade => ({ at: trade.atSeconds, value: Number(eachAtomic(trade)) }))}
      most={money(most ?? 0n)}
      first={moment(first.atSeconds)}
      last={moment(last.atSeconds)}
    />
  )
}

function History({ trades, more }: { trades: readonly TradeRow[]; more: boolean }) {
  if (trades.length === 0) return <p>Nobody has bought it yet.</p>
  return (
    <>
      <PriceHistory trades={trades} />
      <Sheet
        caption="Purchases of this work"
        columns={['When', 'How', 'Editions', 'Each', 'Paid', 'Royalty', 'Seller', 'Buyer']}
        rows={trades.map(trade => ({
          key: `${trade.transaction}${trade.recipient}${trade.quantity}${trade.seller}`,
          cells: cellsOf(trade),
        }))}
      />
      {more && <p className="whisper mt-2">Those are the newest {count(trades.length)} purchases.</p>}
    </>
  )
}
