/** Follows what was sent until it is final: a transaction that the chain lost, or that a crash left behind, is noticed. */
import type { Hex } from '@grimoire/schema/hex'
import { TransactionReceiptNotFoundError } from 'viem'
import type { Journal, OpenClaim } from '../journal.ts'
import type { Log } from '../log.ts'
import type { GasPayer } from './gas-payer.ts'

/** Reorganisations are not this deep; a chain that makes no blocks is not reorganised after this time. */
const FINAL_BLOCKS = 64n
const FINAL_SECONDS = 3_600
/** A transaction that nobody mined in this time is not waited for any more. */
const FORGOTTEN_SECONDS = 600

type Options = { journal: Journal; payer: GasPayer; log: Log }

/** Channels whose claim vanished, and those whose claim may still be on its way. */
export type OpenClaims = { vanished: Set<string>; underWay: Set<string>; gone: number }

export async function followOpenClaims({ journal, payer, log }: Options): Promise<OpenClaims> {
  const seen: OpenClaims = { vanished: new Set(), underWay: new Set(), gone: 0 }
  const open = journal.openClaims()
  if (open.length === 0) return seen
  const head = await payer.client.getBlockNumber({ cacheTime: 0 })
  for (const row of open) {
    const state = await stateOf(payer, row, head)
    if (state !== row.state) journal.claimIs(row.txHash, state)
    if (state === 'sent') for (const channel of row.channels) seen.underWay.add(channel)
    if (state !== 'gone') continue
    seen.gone++
    for (const channel of row.channels) seen.vanished.add(channel)
    log({ event: 'transaction_gone', transaction: row.txHash, code: row.kind })
  }
  return seen
}

async function stateOf({ client }: GasPayer, row: OpenClaim, head: bigint): Promise<OpenClaim['state']> {
  const ageSeconds = Date.now() / 1000 - row.atSeconds
  const receipt = await client
    .getTransactionReceipt({ hash: row.txHash as Hex }) // Safety: the journal holds hashes.
    .catch(error => {
      if (error instanceof TransactionReceiptNotFoundError) return null
      throw error
    })
  if (receipt?.status === 'reverted') return 'gone'
  if (receipt)
    return head - receipt.blockNumber >= FINAL_BLOCKS || ageSeconds > FINAL_SECONDS ? 'final' : 'mined'
  return row.state === 'mined' || ageSeconds > FORGOTTEN_SECONDS ? 'gone' : 'sent'
}
