/** The client's verbs of a holder, as one part that is loaded when someone first acts. */
import { acceptOffer } from '@grimoire/client/accept-offer'
import { buyListing } from '@grimoire/client/buy-listing'
import { buyWork } from '@grimoire/client/buy-work'
import { cancelOrders } from '@grimoire/client/cancel-orders'
import { postOffer } from '@grimoire/client/find-offers'
import { giftEdition } from '@grimoire/client/gift-edition'
import { listEdition } from '@grimoire/client/list-edition'
import { makeOffer } from '@grimoire/client/make-offer'
import { openCopy, readOpened } from '@grimoire/client/open-copy'
import { planPurchase } from '@grimoire/client/plan-purchase'
import { purchaseFate } from '@grimoire/client/purchase-fate'
import { forgetPurchase, purchasesOf } from '@grimoire/client/purchase-kept'
import { withdrawCredit } from '@grimoire/client/withdraw-credit'

export const acting = {
  ...{ acceptOffer, giftEdition, makeOffer, postOffer },
  ...{ buyListing, buyWork, cancelOrders, listEdition },
  ...{ forgetPurchase, planPurchase, purchaseFate, purchasesOf },
  ...{ openCopy, readOpened, withdrawCredit },
}
