/** The client's readers, as one part that is loaded when a page first needs to know what the chain says. */
import { earnings } from '@grimoire/client/earnings'
import { findHoldings } from '@grimoire/client/find-holdings'
import { findListings } from '@grimoire/client/find-listings'
import { findOperators } from '@grimoire/client/find-operators'
import { keepersOf } from '@grimoire/client/key-network'
import { protocolFeeBps, workFeeBps } from '@grimoire/client/read-economy'
import { readWork } from '@grimoire/client/read-work'

export const reading = {
  ...{ earnings, findHoldings, findListings, findOperators },
  ...{ keepersOf, protocolFeeBps, readWork, workFeeBps },
}
