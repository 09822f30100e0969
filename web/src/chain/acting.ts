/** The client's verbs of a holder, as one part that is loaded when someone first acts. */
import { buyListing } from '@grimoire/client/buy-listing'
import { buyWork } from '@grimoire/client/buy-work'
import { cancelOrders } from '@grimoire/client/cancel-orders'
import { listEdition } from '@grimoire/client/list-edition'
import { openCopy, readOpened } from '@grimoire/client/open-copy'
import { withdrawCredit } from '@grimoire/client/withdraw-credit'

export const acting = {
  ...{ buyListing, buyWork, cancelOrders, listEdition },
  ...{ openCopy, readOpened, withdrawCredit },
}
