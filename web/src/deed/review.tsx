/** Before a purchase: what will happen in plain words, the whole sum with every part, and what the wallet will ask. */
import type { PurchasePlan } from '@grimoire/client/plan-purchase'
import type { SignedListing } from '@grimoire/schema/listing'
import { Shares } from '../design/shares.tsx'
import type { Session } from '../wallet/session.ts'
import { money, plain, short } from '../words/plain.ts'
import type { CheckedWork } from '../work/queries.ts'
import { sharesOfFirstSale, sharesOfResale } from '../work/shares-of.ts'
import { Bill } from './bill.tsx'

export type Planned = PurchasePlan & { elsewhere: number | null; chainId: number }

/** What the wallet will be asked, for each way to pay. */
function asked({ way, costAtomic }: Planned): string {
  const sum = money(costAtomic)
  if (costAtomic === 0n) return 'It costs nothing; your wallet sends one transaction.'
  if (way === 'batch')
    return `Your wallet asks you once, to allow exactly ${sum} and to buy: both happen, or neither.`
  if (way === 'relay')
    return `Your wallet signs a payment of exactly ${sum}, good for this purchase only. This edge sends it and pays the network, so you need none of its coin.`
  return `Your wallet signs a payment of exactly ${sum}, good for this purchase only, and sends one transaction.`
}

export function Review(props: {
  work: CheckedWork
  session: Session
  listing?: SignedListing
  priceAtomic: bigint
  plan: Planned | undefined
}) {
  const { work, session, listing, priceAtomic, plan } = props
  const from = listing ? `holder ${short(listing.listing.seller)}` : `its maker, ${short(work.creator)}`
  return (
    <div className="space-y-5">
      <p>
        You buy one edition of <strong>{plain(work.manifest.title)}</strong> from {from}. It is yours until
        you sell or open it, and good for every version.
      </p>
      <Bill
        session={session}
        lines={[['One edition', priceAtomic]]}
        totalAtomic={priceAtomic}
        {...(plan ? { network: plan } : {})}
      />
      <Shares
        title="Who gets it"
        shares={listing ? sharesOfResale(work, priceAtomic) : sharesOfFirstSale(work, priceAtomic)}
      />
      {plan && (
        <p className="whisper">
          {asked(plan)} The chain was asked just now and would take it; if that changes before you confirm,
          nothing is bought.
        </p>
      )}
      {plan?.elsewhere && (
        <p role="note" className="border-l-3 border-edge py-1 pl-4">
          Your wallet is on chain {plan.elsewhere}, this market on chain {plan.chainId}. It will ask you to
          switch first.
        </p>
      )}
    </div>
  )
}
