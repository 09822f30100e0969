/** One's own listings and offers, each with what became of it and, while it may still be filled, a way to withdraw it. */
import type { OwnListing, OwnOffer } from '@grimoire/client/own-orders'
import type { OrderFate } from '@grimoire/schema/activity'
import { useQuery } from '@tanstack/react-query'
import { Asked } from '../design/asked.tsx'
import { titleOf } from '../market/shelf.tsx'
import type { Session } from '../wallet/session.ts'
import { count, moment, money } from '../words/plain.ts'
import { toldWork } from '../work/queries.ts'
import { WorkName } from '../work/work-name.tsx'
import { ownOrdersOf } from './queries.ts'
import { Withdraw } from './withdraw.tsx'

type Side = 'listing' | 'offer'
type Order = {
  side: Side
  workId: string
  quantity: number
  priceAtomic: string
  nonce: string
  expiresAtSeconds: number
  fate: OrderFate
  leftQuantity: number
}

const ofListing = ({ listing, fate, leftQuantity }: OwnListing): Order => ({
  ...{ ...listing, side: 'listing', fate, leftQuantity },
})
const ofOffer = ({ offer, fate, leftQuantity }: OwnOffer): Order => ({
  ...{ ...offer, side: 'offer', fate, leftQuantity },
})

/** Those that can come to life again: an edition bought back, a purse filled. */
const MAY_STAND: readonly OrderFate[] = ['standing', 'unheld', 'underpaid', 'unpaid']

function fateWords({ side, fate, expiresAtSeconds, quantity, leftQuantity }: Order): string {
  const until = `until ${moment(expiresAtSeconds)}`
  const words: Record<OrderFate, string> = {
    standing:
      leftQuantity < quantity
        ? `stands ${until}, ${count(leftQuantity)} of ${count(quantity)} left`
        : `stands ${until}`,
    filled: side === 'listing' ? 'sold' : 'accepted, and paid',
    withdrawn: 'withdrawn',
    expired: `ended ${moment(expiresAtSeconds)}`,
    unheld: `not shown now: you hold no edition to sell; else ${until}`,
    underpaid: `not shown now: the market’s fee leaves you less than you asked; else ${until}`,
    unpaid: `not shown now: your wallet has less than it promises; else ${until}`,
  }
  return words[fate]
}

function Row({ order, session }: { order: Order; session: Session }) {
  const { workId, side, quantity, priceAtomic, nonce, fate } = order
  const { data: work } = useQuery(toldWork(workId))
  const each = quantity > 1 ? ` each for ${count(quantity)} editions` : ''
  const what = side === 'listing' ? 'the listing of' : 'the offer for'
  return (
    <li className="flex flex-wrap items-center gap-x-5 gap-y-1 py-2.5">
      <span className="font-book text-xl">
        <WorkName workId={workId} />
      </span>
      <span className="tabular-nums">
        {money(priceAtomic)}
        {each}
      </span>
      <span className={`grow ${fate === 'standing' ? '' : 'text-faded'}`}>{fateWords(order)}</span>
      {MAY_STAND.includes(fate) && (
        <Withdraw nonce={nonce} session={session} what={`${what} ${work ? titleOf(work) : 'a work'}`} />
      )}
    </li>
  )
}

function List(props: { title: string; none: string; orders: readonly Order[]; session: Session }) {
  const { title, none, orders, session } = props
  return (
    <section aria-label={title} className="mb-8">
      <h3 className="mb-2 text-xl">{title}</h3>
      {orders.length === 0 ? (
        <p>{none}</p>
      ) : (
        <ul className="divide-y divide-line border-y border-line">
          {orders.map(order => (
            <Row key={`${order.nonce} ${order.expiresAtSeconds}`} order={order} session={session} />
          ))}
        </ul>
      )}
    </section>
  )
}

export function OwnOrders({ session }: { session: Session }) {
  return (
    <Asked question={useQuery(ownOrdersOf(session.address))} waiting="Looking for your orders" lines={3}>
      {({ listings, offers }) => (
        <>
          <List
            title="For sale"
            none="You offer nothing for sale now."
            orders={listings.map(ofListing)}
            session={session}
          />
          <List
            title="Offered to others"
            none="You have made no offer."
            orders={offers.map(ofOffer)}
            session={session}
          />
          <p className="whisper">What ended more than a day ago is forgotten here.</p>
        </>
      )}
    </Asked>
  )
}
