/** Everything that answers a request, put together once by `server.ts`. */
import type { Hex } from '@grimoire/schema/hex'
import type { Answering } from './admission/answering.ts'
import type { Grants } from './admission/grants.ts'
import type { Ledger } from './admission/ledger.ts'
import type { Engine } from './engine/engine.ts'
import type { Memories } from './guard/memory.ts'
import type { Log } from './log.ts'
import type { Claims } from './till/claims.ts'
import type { GasPayer } from './till/gas-payer.ts'
import type { Till } from './till/till.ts'
import type { Works } from './unseal/works.ts'

export type NodeParts = {
  ledger: Ledger
  grants: Grants
  answering: Answering
  works: Works
  /** What each holder has had of the hidden texts. */
  memories: Memories
  engine: Engine
  till: Till
  claims: Claims
  payer: GasPayer
  log: Log
  operator: Hex
  sessionKey: Hex
  base: { name: string; sha256: string }
  minDepositAtomic: string
  withdrawDelaySeconds: number
  quoteLifeSeconds: number
  /** After a change of holders: stops answers and closes works for which no grant stands any more. */
  sweep(): Promise<void>
}
