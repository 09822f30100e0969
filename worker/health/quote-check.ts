/** Is a quote what the ledger would let this operator sign? The client asks the chain the same again before it pays. */
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { sameAddress } from '@grimoire/schema/hex'
import { pricesWithin } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { quoteTypedData, type SignedQuote } from '@grimoire/schema/quote'
import type { Terms } from '@grimoire/schema/work'
import { type Hex, recoverTypedDataAddress } from 'viem'
import type { Settings } from '../env.ts'

type Expected = {
  operator: Hex
  sessionKey: Hex
  paymentKey: Hex
  workId: string
  terms: Terms
  settings: Settings
  nowSeconds: number
}

const refuse = (param: string, got: unknown, expected: unknown): never => {
  throw new Problem('quote_invalid', { param, got: { [param]: got }, expected })
}

/** The splitter is left to the client: it computes the address itself, and an edge pays nobody. */
export async function checkQuote({ quote, signature }: SignedQuote, expected: Expected): Promise<void> {
  const { chainId, works, money } = expected.settings.ADDRESSES
  const facts = {
    ...{ chainId, works, workId: expected.workId, asset: money },
    ...{ operator: expected.operator, sessionKey: expected.sessionKey },
  }
  for (const [name, wanted] of Object.entries(facts)) {
    const got = quote[name as keyof typeof facts] // Safety: the keys are those of the object above.
    if (String(got).toLowerCase() !== String(wanted).toLowerCase()) refuse(name, got, wanted)
  }
  if (quote.expiresAtSeconds <= expected.nowSeconds)
    refuse('expiresAtSeconds', quote.expiresAtSeconds, 'later')
  const allowed = pricesWithin(quote.prices, expected.terms)
  if (canonicalJson(allowed) !== canonicalJson(quote.prices)) refuse('prices', quote.prices, allowed)
  const signer = await recoverTypedDataAddress({ ...quoteTypedData(quote), signature }).catch(() => null)
  if (!signer || !sameAddress(signer, expected.paymentKey))
    refuse('signature', signer ?? 'no signer', expected.paymentKey)
}
