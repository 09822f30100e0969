/** A free, signed word on whether this node serves a version, warm or cold, at which price and on which terms. */
import { AT_RISK, GAS, type Quote, quoteTypedData, type SignedQuote } from '@grimoire/schema/quote'
import type { NodeParts } from '../parts.ts'
import { REFUND_EVERY_MS } from '../till/rules.ts'
import { readModel } from './turn.ts'

export async function quoteFor(parts: NodeParts, model: string): Promise<SignedQuote> {
  const { ledger, works, payer, operator, sessionKey } = parts
  const { work, workId, version } = await readModel(ledger, model)
  await ledger.requireServing(workId)
  const [prices, payTo, manifest] = await Promise.all([
    ledger.prices(work),
    ledger.splitter(workId),
    works.manifest({ workId, version }), // Refuses a work for another base model before anyone pays.
  ])
  const { engine } = parts.bases.require(manifest.base)
  const { chainId, works: worksAddress, money } = ledger.options.addresses
  const quote: Quote = {
    chainId,
    works: worksAddress,
    workId,
    version,
    operator,
    sessionKey,
    payTo,
    asset: money,
    prices,
    minDepositAtomic: parts.minDepositAtomic,
    withdrawDelaySeconds: parts.withdrawDelaySeconds,
    refundEverySeconds: REFUND_EVERY_MS / 1000,
    gas: GAS,
    atRisk: AT_RISK,
    creditUntilFinalAtomic: parts.creditUntilFinalAtomic,
    finalAfterBlocks: parts.finalAfterBlocks,
    warm: works.isOpen({ workId, version }),
    contextTokens: engine.facts.contextTokens,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + parts.quoteLifeSeconds,
  }
  return { quote, signature: await payer.account.signTypedData(quoteTypedData(quote)) }
}
