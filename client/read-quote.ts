/** A node's quote, believed only when the registered operator signed it, for this work, at prices that its creator allows. */

import { canonicalJson } from '@grimoire/schema/canonical-json'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { pricesWithin } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { type Quote, quoteTypedData, type SignedQuote, signedQuote } from '@grimoire/schema/quote'
import type { Sharing } from '@grimoire/schema/receipt'
import type { Terms } from '@grimoire/schema/work'
import { recoverTypedDataAddress } from 'viem'
import { requireReachable } from './insecure-node.ts'
import { ledgerWork, sharingOf, splitterOf } from './ledger-work.ts'
import { type Market, modelOf } from './market.ts'
import { admits, readOperator } from './operator-read.ts'
import { type Endpoint, requestJson } from './transport.ts'

export type NodeChoice = {
  workId: string
  version?: number
  /** The node's address; without it the operator's registered endpoint is used. */
  nodeUrl?: string
  operator?: Hex
}

/** A quote that has been checked, with the operator's payment key that signed it. */
export type CheckedQuote = {
  quote: Quote
  paymentKey: Hex
  nodeUrl: string
  model: string
  /** How the ledger divides what is paid here: read from the chain, for the receipts. */
  sharing: Sharing
}

export const nodeOf = (market: Market, nodeUrl: string): Endpoint => ({
  fetch: market.fetch,
  url: nodeUrl.replace(/\/+$/, ''),
  timeoutMs: market.timeoutMs,
  unreachable: 'node_unreachable',
})

const refuse = (param: string, got: unknown, expected: unknown): never => {
  throw new Problem('quote_invalid', { param, got: { [param]: got }, expected })
}

type Expected = {
  quoted: NodeChoice
  terms: Terms
  latestVersion: number
  payTo: Hex
  paymentKey: Hex
  sessionKey: Hex
}

/** Everything that needs no chain: pure, so that each lie has a test. */
export async function checkQuote(market: Market, { quote, signature }: SignedQuote, expected: Expected) {
  const { quoted, terms, payTo, paymentKey } = expected
  const { addresses } = market
  if (!sameAddress(quote.payTo, payTo))
    throw new Problem('pay_to_mismatch', { got: quote.payTo, expected: payTo })
  if (quote.chainId !== addresses.chainId) refuse('chainId', quote.chainId, addresses.chainId)
  if (!sameAddress(quote.works, addresses.works)) refuse('works', quote.works, addresses.works)
  if (quote.workId !== quoted.workId) refuse('workId', quote.workId, quoted.workId)
  const version = quoted.version ?? expected.latestVersion
  if (quote.version !== version) refuse('version', quote.version, version)
  if (!sameAddress(quote.asset, addresses.money)) refuse('asset', quote.asset, addresses.money)
  if (!sameAddress(quote.sessionKey, expected.sessionKey))
    refuse('sessionKey', quote.sessionKey, expected.sessionKey)
  if (quote.expiresAtSeconds * 1000 <= Date.now()) refuse('expiresAtSeconds', quote.expiresAtSeconds, 'later')
  // A signature that is none is nobody's.
  const signer = await recoverTypedDataAddress({ ...quoteTypedData(quote), signature }).catch(() => null)
  if (!signer || !sameAddress(signer, paymentKey)) refuse('signature', signer, paymentKey)
  const allowed = pricesWithin(quote.prices, terms)
  if (canonicalJson(allowed) !== canonicalJson(quote.prices)) {
    throw new Problem('price_above_ceiling', { got: quote.prices, expected: allowed })
  }
}

async function endpointOf(market: Market, { nodeUrl, operator }: NodeChoice): Promise<string> {
  if (nodeUrl) return nodeUrl
  const record = operator ? await readOperator(market, { operator }) : null
  if (record) return record.endpoint
  throw new Problem('node_unreachable', { got: operator ?? 'no node', expected: 'a node URL or an operator' })
}

/** Asks a node for its quote and checks it against the chain. Nothing is signed or sent but the question. */
export async function readQuote(market: Market, choice: NodeChoice): Promise<CheckedQuote> {
  const { workId, version } = choice
  const nodeUrl = (await endpointOf(market, choice)).replace(/\/+$/, '')
  requireReachable(nodeUrl)
  const model = modelOf(market, workId, version)
  const path = `/v1/quotes?model=${encodeURIComponent(model)}`
  const signed = await requestJson(nodeOf(market, nodeUrl), path, { schema: signedQuote })
  const { operator } = signed.quote
  if (choice.operator && !sameAddress(operator, choice.operator))
    refuse('operator', operator, choice.operator)
  const payTo = splitterOf(market, { workId, operator })
  const [record, work, admitted] = await Promise.all([
    readOperator(market, { operator }),
    ledgerWork(market, workId),
    admits(market, { workId, operator }),
  ])
  if (!admitted) throw new Problem('not_admitted', { got: operator })
  if (!record) return refuse('operator', operator, 'a registered operator')
  if (!record.active) throw new Problem('not_bonded', { got: operator })
  const { terms, latestVersion } = work
  const sharing = await sharingOf(market, work)
  const { paymentKey, sessionKey } = record
  await checkQuote(market, signed, { quoted: choice, terms, latestVersion, payTo, paymentKey, sessionKey })
  // Pinned: a version that is published while people chat is for the next chat.
  const pinned = modelOf(market, workId, signed.quote.version)
  return { quote: signed.quote, paymentKey, nodeUrl, model: pinned, sharing }
}
