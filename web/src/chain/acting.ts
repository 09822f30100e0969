/** The client's verbs of a holder, as one part that is loaded when someone first acts. */
import { buyListing } from '@grimoire/client/buy-listing'
import { buyWork } from '@grimoire/client/buy-work'
import { cancelListing } from '@grimoire/client/cancel-listing'
import { listEdition } from '@grimoire/client/list-edition'
import { openCopy, readOpened } from '@grimoire/client/open-copy'
import { withdrawCredit } from '@grimoire/client/withdraw-credit'

export const acting = {
  ...{ buyListing, buyWork, cancelListing, listEdition },
  ...{ openCopy, readOpened, withdrawCredit },
}
