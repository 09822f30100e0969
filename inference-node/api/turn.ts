/** What one request asks for and what it may cost: read, checked and priced before anything is paid or opened. */
import {
  type ChatRequest,
  chatRequest,
  inputBytesOf,
  maxOutputBytesOf,
  requestHash,
  UNSUPPORTED_FIELDS,
} from '@grimoire/schema/chat'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { formatModelId, parseModelId } from '@grimoire/schema/model-id'
import { parseOr } from '@grimoire/schema/parse'
import { maxChargeAtomic, type Prices } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import type { Sharing } from '@grimoire/schema/receipt'
import type { Ledger, WorkFacts } from '../admission/ledger.ts'
import type { TurnTerms } from '../till/terms.ts'

export type Named = { work: WorkFacts; workId: string; version: number; model: string }
export type Turn = Named & {
  request: ChatRequest
  requestHash: Hex
  prices: Prices
  sharing: Sharing
  inputBytes: number
  maxOutputBytes: number
  terms: TurnTerms
}

/** Reads a model name of this ledger; without a version it means the latest. */
export async function readModel(ledger: Ledger, text: string): Promise<Named> {
  const { chainId, works } = ledger.options.addresses
  const model = parseModelId(text)
  if (model.chainId !== chainId)
    throw new Problem('chain_wrong', { got: model.chainId, expected: chainId, param: 'model' })
  if (!sameAddress(model.works, works)) {
    throw new Problem('work_unknown', { got: model.works, expected: works, param: 'model' })
  }
  const work = await ledger.work(model.workId)
  const version = model.version ?? work.latestVersion
  if (version < 1 || version > work.latestVersion) {
    throw new Problem('version_unknown', {
      got: version,
      expected: `1 to ${work.latestVersion}`,
      param: 'model',
    })
  }
  return { work, workId: model.workId, version, model: formatModelId({ ...model, version }) }
}

/** A chat request, whatever it is asked of. */
export function readRequest(body: unknown): ChatRequest {
  refuseUnsupported(body)
  return parseOr(chatRequest, body, { what: 'a chat request' })
}

export async function readTurn(ledger: Ledger, body: unknown): Promise<Turn> {
  const request = readRequest(body)
  const named = await readModel(ledger, request.model)
  const [prices, payTo, sharing] = await Promise.all([
    ledger.prices(named.work),
    ledger.splitter(named.workId),
    ledger.sharing(named.work),
  ])
  const inputBytes = inputBytesOf(request)
  const maxOutputBytes = maxOutputBytesOf(request)
  const terms = {
    workId: named.workId,
    payTo,
    maxChargeAtomic: maxChargeAtomic(prices, inputBytes, maxOutputBytes),
  }
  const priced = { prices, sharing, inputBytes, maxOutputBytes, terms }
  return { ...named, request, requestHash: requestHash(body), ...priced }
}

/** What x402's refund asks for with GET: the channel's terms, at the price of an empty turn. */
export async function readProbe(ledger: Ledger, model: string): Promise<TurnTerms> {
  const { work, workId } = await readModel(ledger, model)
  const [prices, payTo] = await Promise.all([ledger.prices(work), ledger.splitter(workId)])
  return { workId, payTo, maxChargeAtomic: maxChargeAtomic(prices, 0, 0) }
}

/** Values that ask for nothing: clients send them as they come. */
const HARMLESS = new Set(['[]', '{}', '["text"]', '"none"'])

function refuseUnsupported(body: unknown): void {
  if (typeof body !== 'object' || body === null) {
    throw new Problem('request_invalid', { expected: 'a JSON object' })
  }
  const fields = new Map(Object.entries(body))
  for (const name of UNSUPPORTED_FIELDS) {
    const value = fields.get(name) ?? null
    const harmless = value === null || value === false || HARMLESS.has(JSON.stringify(value))
    if (harmless) continue
    throw new Problem('field_unsupported', { got: name, param: name })
  }
  if ((fields.get('n') ?? 1) !== 1)
    throw new Problem('field_unsupported', { got: 'n', expected: 'n: 1', param: 'n' })
}
