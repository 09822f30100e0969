/** The key network of a ledger, for whoever opens a copy, seals, or wants to know who keeps the keys. */
import { type Keepers, readKeepers } from '@grimoire/seal/keepers'
import { litNetwork } from '@grimoire/seal/lit'
import type { KeyNetwork } from '@grimoire/seal/network'
import type { Ledger } from './market.ts'

/** Its own client is loaded when it is first used. */
export const openKeyNetwork = ({ addresses, publicClient }: Ledger): KeyNetwork =>
  litNetwork({ chainId: addresses.chainId, keyNetwork: addresses.keyNetwork, publicClient })

/** Who keeps the keys of this ledger, by its own registry. */
export const keepersOf = ({ addresses, publicClient }: Ledger): Promise<Keepers> =>
  readKeepers(publicClient, addresses.keyNetwork)
