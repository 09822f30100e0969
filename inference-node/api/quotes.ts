/** A free, signed word on whether this node serves a version, warm or cold, at which price and on which terms. */
import { type Quote, quoteTypedData, type SignedQuote } from '@grimoire/schema/quote'
import type { NodeParts } from '../parts.ts'
import { readModel } from './turn.ts'

export async function quoteFor(parts: NodeParts, model: string): Promise<SignedQuote> {
  const { ledger, works, engine, payer, operator, sessionKey } = parts
  const { work, workId, version } = await readModel(ledger, model)
  await ledger.requireServing(workId)
  const [prices, payTo] = await Promise.all([
    ledger.prices(work),
    ledger.splitter(workId),
    works.manifest({ workId, version }), // Refuses a work for another base model before anyone pays.
  ])
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
    warm: works.isOpen({ workId, version }),
    contextTokens: engine.facts.contextTokens,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + parts.quoteLifeSeconds,
  }
  return { quote, signature: await payer.account.signTypedData(quoteTypedData(quote)) }
}
