/** Selling to an offer: what comes to whom, one transaction, and the money is there. */

import type { FoundOffer } from '@grimoire/client/find-offers'
import { Done } from '../deed/done.tsx'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Dialog } from '../design/dialog.tsx'
import { Shares } from '../design/shares.tsx'
import type { Session } from '../wallet/session.ts'
import { money, plain, plural, short } from '../words/plain.ts'
import type { CheckedWork } from './queries.ts'
import { sharesOfResale } from './shares-of.ts'

const STEPS: readonly Step[] = ['check', 'send', 'block']

/** The ledger rounds edition by edition, and so does this. */
const sharesOf = (work: CheckedWork, { offer }: FoundOffer, quantity: number) =>
  sharesOfResale(work, BigInt(offer.priceAtomic), 'You').map(share => ({
    ...share,
    amountAtomic: share.amountAtomic * BigInt(quantity),
  }))

/** An authorization pays for all editions of an offer together; an allowance for as many as there are. */
export const sellable = ({ payment, leftQuantity }: FoundOffer, held: number): number =>
  payment === 'authorization' ? (held >= leftQuantity ? leftQuantity : 0) : Math.min(held, leftQuantity)

export function AcceptDialog(props: {
  work: CheckedWork
  found: FoundOffer
  held: number
  session: Session
  close: () => void
}) {
  const { work, found, held, session, close } = props
  const quantity = sellable(found, held)
  const deed = useDeed<{ proceedsAtomic: bigint }>()
  const { state } = deed
  const shares = sharesOf(work, found, quantity)
  const yours = shares[0]?.amountAtomic ?? 0n
  const accept = () =>
    void deed.run(session, (hands, market, wallet) =>
      hands.acceptOffer(market, {
        ...{ offer: found.offer, payment: found.payment, signature: found.signature, wallet, quantity },
        // What the seller has seen is the least that the seller gets.
        minProceedsAtomic: yours / BigInt(quantity || 1),
      }),
    )
  return (
    <Dialog title={state.stage === 'done' ? 'Sold' : 'Accept this offer'} close={close}>
      {state.stage === 'review' && (
        <div className="space-y-5">
          <p>
            You sell {plural(quantity, 'edition')} of <strong>{plain(work.manifest.title)}</strong> to{' '}
            {short(found.offer.buyer)} for {money(BigInt(found.offer.priceAtomic) * BigInt(quantity))}.
          </p>
          <Shares title="Who gets it" shares={shares} />
          <p className="whisper">
            Your wallet sends one transaction, whose network fee it shows you. If the buyer cannot pay by
            then, or the fee has risen, nothing is sold.
            {held === quantity ? ' From the next block on the work no longer answers you.' : ''}
          </p>
          <button type="button" className="button chief w-full" onClick={accept}>
            Sell for {money(yours)}
          </button>
        </div>
      )}
      <UnderWay state={state} steps={STEPS} again={deed.reset} label="Look at it again" />
      {state.stage === 'done' && (
        <Done close={close}>
          {money(state.result.proceedsAtomic)} is in your wallet, and the edition with its buyer.
        </Done>
      )}
    </Dialog>
  )
}
