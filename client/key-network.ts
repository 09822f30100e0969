/** The key network of a ledger, for whoever opens a copy or seals: its client is loaded when it is first used. */
import { litNetwork } from '@grimoire/seal/lit'
import type { KeyNetwork } from '@grimoire/seal/network'
import type { Ledger } from './market.ts'

export const openKeyNetwork = ({ addresses, publicClient }: Ledger): KeyNetwork =>
  litNetwork({ chainId: addresses.chainId, keyNetwork: addresses.keyNetwork, publicClient })
