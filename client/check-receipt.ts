/** A receipt held against what this side sent, received and agreed to pay: each mismatch is `receipt_invalid`. */
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { type ChatRequest, inputBytesOf, outputBytesOf, outputHash, requestHash } from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import { chargeAtomic, type Prices } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { receiptTypedData, type Sharing, type SignedReceipt, splitOf } from '@grimoire/schema/receipt'
import type { ToolCall } from '@grimoire/schema/tools'
import { recoverTypedDataAddress } from 'viem'
import type { Ledger } from './market.ts'
import { readOperator } from './operator-read.ts'

export type ExpectedTurn = {
  chainId: number
  works: Hex
  workId: string
  version: number
  operator: Hex
  paymentKey: Hex
  holder: Hex
  channelId: Hex
  requestHash: Hex
  inputBytes: number
  /** The text as this side received it. */
  output: string
  /** The functions that it calls. */
  calls?: readonly ToolCall[]
  prices: Prices
  /** How the ledger divides what is paid for this work. */
  sharing: Sharing
  /** What the voucher of this turn allows. */
  maxChargeAtomic: bigint
  /** What the channel had been charged before this turn. */
  beforeAtomic: bigint
  /** Known when the caller has read the manifest. */
  baseModelSha256?: string
}

export async function checkReceipt({ receipt, signature }: SignedReceipt, turn: ExpectedTurn): Promise<void> {
  const outputBytes = outputBytesOf(turn.output, turn.calls)
  const { inputBytes } = turn
  const charge = chargeAtomic(turn.prices, { inputBytes, outputBytes })
  const split = splitOf(charge, turn.sharing)
  const facts: [string, string | number, string | number][] = [
    ['chainId', receipt.chainId, turn.chainId],
    ['works', receipt.works, turn.works],
    ['workId', receipt.workId, turn.workId],
    ['version', receipt.version, turn.version],
    ['operator', receipt.operator, turn.operator],
    ['holder', receipt.holder, turn.holder],
    ['channelId', receipt.channelId, turn.channelId],
    ['requestHash', receipt.requestHash, turn.requestHash],
    ['outputHash', receipt.outputHash, outputHash(turn.output, turn.calls)],
    ['inputBytes', receipt.inputBytes, inputBytes],
    ['outputBytes', receipt.outputBytes, outputBytes],
    ['chargedAtomic', receipt.chargedAtomic, String(charge)],
    ['cumulativeAtomic', receipt.cumulativeAtomic, String(turn.beforeAtomic + charge)],
    ['split', canonicalJson(receipt.split), canonicalJson(split)],
    ['baseModelSha256', receipt.baseModelSha256, turn.baseModelSha256 ?? receipt.baseModelSha256],
  ]
  for (const [field, got, expected] of facts) {
    // Addresses come in either case; nothing else here has capital letters.
    if (String(got).toLowerCase() === String(expected).toLowerCase()) continue
    throw new Problem('receipt_invalid', {
      param: field,
      got: { [field]: got },
      expected,
      extra: { receipt },
    })
  }
  if (charge > turn.maxChargeAtomic) {
    throw new Problem('receipt_invalid', {
      param: 'chargedAtomic',
      got: charge,
      expected: turn.maxChargeAtomic,
    })
  }
  // A signature that is none is nobody's.
  const signer = await recoverTypedDataAddress({ ...receiptTypedData(receipt), signature }).catch(() => null)
  if (signer?.toLowerCase() !== turn.paymentKey.toLowerCase()) {
    throw new Problem('receipt_invalid', { param: 'signature', got: signer, expected: turn.paymentKey })
  }
}

/** What was fixed before an answer was asked for. Kept with its receipt, it lets the receipt be checked again later. */
export type Agreed = Pick<
  ExpectedTurn,
  'prices' | 'sharing' | 'maxChargeAtomic' | 'beforeAtomic' | 'channelId'
>

export type KeptTurn = SignedReceipt & {
  request: ChatRequest
  /** The answer as it was received. */
  output: string
  calls?: readonly ToolCall[]
  agreed: Agreed
}

/**
 * Works a kept receipt out anew: both hashes and both counts from the kept words, the charge from the kept prices, and
 * the signer's key from the chain. A key that its operator has replaced since is `receipt_invalid` too, and named.
 */
export async function recheckReceipt(
  ledger: Ledger,
  { holder, workId, kept }: { holder: Hex; workId: string; kept: KeptTurn },
): Promise<void> {
  const { receipt, request, output, calls = [], agreed } = kept
  const record = await readOperator(ledger, { operator: receipt.operator })
  if (!record) throw new Problem('receipt_invalid', { param: 'operator', got: receipt.operator })
  const { chainId, works } = ledger.addresses
  await checkReceipt(kept, {
    ...agreed,
    ...{ chainId, works, workId, holder, output, calls },
    version: receipt.version,
    operator: receipt.operator,
    paymentKey: record.paymentKey,
    requestHash: requestHash(request),
    inputBytes: inputBytesOf(request),
  })
}
