/** The end of a paid turn: its receipt against this side's own count, and only then is x402's client told that it is paid. */
import { isProblem, Problem } from '@grimoire/schema/problem'
import { receiptHash, type SignedReceipt, type TurnTail } from '@grimoire/schema/receipt'
import type { ToolCall } from '@grimoire/schema/tools'
import { chargedAtomic, settleTurn } from './channel.ts'
import { checkReceipt, type ExpectedTurn } from './check-receipt.ts'
import { ledgerWork, sharingOf } from './ledger-work.ts'
import type { PaidTurn, Turn, TurnContext } from './pay-turn.ts'
import { clearOpenTurn, readOpenTurn } from './payment-store.ts'
import { type Following, followReceipt, linkOf, readLink, writeLink } from './receipt-chain.ts'

type Delivered = PaidTurn & { output: string; calls: ToolCall[]; tail: TurnTail }

const expectedOf = (
  { channel, checked, market, baseModelSha256 }: TurnContext,
  turn: Turn,
  paid: Delivered,
): ExpectedTurn => ({
  chainId: market.addresses.chainId,
  works: market.addresses.works,
  workId: checked.quote.workId,
  version: checked.quote.version,
  operator: checked.quote.operator,
  paymentKey: checked.paymentKey,
  holder: channel.config.payer,
  channelId: channel.id,
  requestHash: turn.requestHash,
  inputBytes: turn.inputBytes,
  output: paid.output,
  calls: paid.calls,
  prices: checked.quote.prices,
  sharing: checked.sharing,
  maxChargeAtomic: turn.maxAtomic,
  beforeAtomic: paid.beforeAtomic,
  ...(baseModelSha256 === undefined ? {} : { baseModelSha256 }),
})

export async function acceptTurn(context: TurnContext, turn: Turn, paid: Delivered): Promise<Following> {
  const { channel, store } = context
  await checkWithShares(context, paid.tail, expectedOf(context, turn, paid))
  const { receipt } = paid.tail
  const last = await readLink(store, channel.id)
  // Accepted before, by a page that was gone before it had kept the answer: it is not counted a second time.
  if (last.hash === receiptHash(receipt)) {
    await closeTurn(context, turn, paid)
    return 'follows'
  }
  const isCounted = BigInt(receipt.cumulativeAtomic) <= (await chargedAtomic(channel))
  if (paid.isTakenUp && isCounted && receipt.sequence < last.sequence) return 'late'
  const following = followReceipt(last, receipt, paid.maySkip)
  await settleTurn(channel, paid.payload, paid.tail.paymentResponse)
  const expected = BigInt(receipt.cumulativeAtomic)
  const got = await chargedAtomic(channel)
  if (got !== expected) throw new Problem('receipt_invalid', { param: 'paymentResponse', got, expected })
  await writeLink(store, channel.id, linkOf(receipt))
  await closeTurn(context, turn, paid)
  return following
}

/** What a later voucher put at risk stays noted when an earlier turn is taken up. */
async function closeTurn({ channel, store }: TurnContext, turn: Turn, paid: Delivered): Promise<void> {
  const open = await readOpenTurn(store, channel.id)
  const isLater = open !== null && open.atMostAtomic > paid.beforeAtomic + turn.maxAtomic
  if (!(paid.isTakenUp && isLater)) await clearOpenTurn(store, channel.id)
}

/** A work may have adopted another protocol fee since its quote was read: then the chain is asked once more. */
async function checkWithShares(
  { market, checked }: TurnContext,
  signed: SignedReceipt,
  expected: ExpectedTurn,
): Promise<void> {
  try {
    await checkReceipt(signed, expected)
  } catch (error) {
    if (!isProblem(error, 'receipt_invalid') || error.details.param !== 'split') throw error
    const work = await ledgerWork(market, checked.quote.workId)
    checked.sharing = await sharingOf(market, work)
    await checkReceipt(signed, { ...expected, sharing: checked.sharing })
  }
}
