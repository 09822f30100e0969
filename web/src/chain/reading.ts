/** The client's readers, as one part that is loaded when a page first needs to know what the chain says. */
import { holderActivity, workActivity } from '@grimoire/client/activity'
import { findOpenings } from '@grimoire/client/check-opening'
import { earnings } from '@grimoire/client/earnings'
import { economyHistory } from '@grimoire/client/economy-history'
import { readEdgeHealth } from '@grimoire/client/edge-health'
import { findHoldings } from '@grimoire/client/find-holdings'
import { findListings } from '@grimoire/client/find-listings'
import { findOffers } from '@grimoire/client/find-offers'
import { findOperators } from '@grimoire/client/find-operators'
import { keepersOf } from '@grimoire/client/key-network'
import { findOwnOrders } from '@grimoire/client/own-orders'
import { protocolFeeBps, readEconomy, workFeeBps } from '@grimoire/client/read-economy'
import { readWork } from '@grimoire/client/read-work'

export const reading = {
  ...{ findOffers, findOwnOrders, holderActivity, workActivity },
  ...{ earnings, findHoldings, findListings, findOpenings, findOperators },
  ...{ economyHistory, keepersOf, protocolFeeBps, readEconomy, readEdgeHealth, readWork, workFeeBps },
}
