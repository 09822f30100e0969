/** The works held, in the shape of `/v1/models` that OpenAI's and OpenRouter's clients read. */
import { formatMoney, MONEY_DECIMALS } from '@grimoire/schema/amounts'
import { nodeModel } from '@grimoire/schema/node'
import { modelOf } from '../market.ts'
import { type CheckedQuote, nodeOf } from '../read-quote.ts'
import { requestJson } from '../transport.ts'
import type { Parts } from './answering.ts'
import { ranked } from './ranking.ts'
import type { HeldWork } from './shelf.ts'

/** Prices are for a million bytes; a price for one has six decimals more. */
const PER_BYTE_DECIMALS = MONEY_DECIMALS + 6
/** What a turn is taken to be where none is asked for yet. */
const USUAL_TURN = { inputBytes: 2_000, maxOutputBytes: 4_096 }

/** Figures come from the signed quote; what the node says beside it is shown as its word. */
async function offerOf({ context }: Parts, checked: CheckedQuote) {
  const { quote, nodeUrl } = checked
  const path = `/v1/models/${encodeURIComponent(checked.model)}`
  const told = await requestJson(nodeOf(context.market, nodeUrl), path, { schema: nodeModel }).catch(
    () => null,
  )
  return {
    ...(told ?? { supported_parameters: [] }),
    context_length: quote.contextTokens,
    pricing: {
      unit: 'byte',
      prompt: formatMoney(BigInt(quote.prices.inputPerMillionBytesAtomic), PER_BYTE_DECIMALS),
      completion: formatMoney(BigInt(quote.prices.outputPerMillionBytesAtomic), PER_BYTE_DECIMALS),
      request: formatMoney(BigInt(quote.prices.turnFeeAtomic)),
    },
    grimoire: { operator: quote.operator, version: quote.version, warm: quote.warm },
  }
}

/** A work that nobody serves now is listed too: it is held, and may be served again. */
export async function modelOfWork(parts: Parts, work: HeldWork) {
  const quoted = await parts.directory.quotesFor({ workId: work.workId }).catch(() => null)
  const [best] = quoted ? ranked(quoted.quotes, USUAL_TURN, parts.faults) : []
  const offer = best ? await offerOf(parts, best) : { grimoire: { operator: null } }
  return {
    ...offer,
    id: modelOf(parts.context.market, work.workId),
    object: 'model' as const,
    created: work.createdAtSeconds,
    owned_by: work.creator,
    name: work.title,
    grimoire: { alias: work.alias, ...offer.grimoire },
  }
}
