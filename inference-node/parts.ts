/** Everything that answers a request, put together once by `server.ts`. */
import type { Hex } from '@grimoire/schema/hex'
import type { Answering } from './admission/answering.ts'
import type { Grants } from './admission/grants.ts'
import type { Ledger } from './admission/ledger.ts'
import type { Canary } from './api/canary.ts'
import type { Receipts } from './api/receipts.ts'
import type { Turns } from './api/turns.ts'
import type { Drafts } from './drafts/drafts.ts'
import type { Bases } from './engine/bases.ts'
import type { EnginePort } from './engine/port.ts'
import type { Memories } from './guard/memory.ts'
import type { Journal } from './journal.ts'
import type { JournalReader } from './journal-reader.ts'
import type { Log } from './log.ts'
import type { Metrics } from './operate/metrics.ts'
import type { Readiness } from './operate/readiness.ts'
import type { Refusals } from './operate/refusals.ts'
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
  /** Of the first base model; of a turn, the one that its work was made for. */
  engine: EnginePort
  bases: Bases
  till: Till
  claims: Claims
  journal: Journal
  /** The same, to be read. */
  records: JournalReader
  metrics: Metrics
  readiness: Readiness
  refusals: Refusals
  drafts: Drafts
  canary: Canary
  receipts: Receipts
  turns: Turns
  payer: GasPayer
  log: Log
  operator: Hex
  sessionKey: Hex
  base: { name: string; sha256: string }
  minDepositAtomic: string
  withdrawDelaySeconds: number
  quoteLifeSeconds: number
  creditUntilFinalAtomic: string
  finalAfterBlocks: number
  /** After a change of holders: stops answers and closes works for which no grant stands any more. */
  sweep(anew?: boolean): Promise<boolean>
}
