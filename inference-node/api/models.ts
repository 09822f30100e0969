/** What the node says of itself: its health, and the works it serves in the shape that OpenAI's and OpenRouter's clients read. */
import { formatMoney, MONEY_DECIMALS } from '@grimoire/schema/amounts'
import { formatModelId } from '@grimoire/schema/model-id'
import type { NodeHealth, NodeModels } from '@grimoire/schema/node'
import type { NodeParts } from '../parts.ts'
import { readModel } from './turn.ts'

type NodeModel = NodeModels['data'][number]

const PARAMETERS = ['temperature', 'top_p', 'max_tokens', 'max_completion_tokens', 'stop', 'seed', 'stream']
/** Prices are for a million bytes; a price for one has six decimals more. */
const PER_BYTE_DECIMALS = MONEY_DECIMALS + 6

export async function modelNamed(parts: NodeParts, text: string): Promise<NodeModel> {
  const { ledger, works, engine } = parts
  const { work, workId, version, model } = await readModel(ledger, text)
  await ledger.requireServing(workId)
  const [prices, manifest] = await Promise.all([
    ledger.prices(work),
    works.manifest({ workId, version }).catch(() => null),
  ])
  return {
    id: model,
    object: 'model',
    created: 0, // The ledger knows blocks; OpenAI's clients only need a number.
    owned_by: work.creator,
    name: manifest?.title ?? `work ${workId.slice(0, 8)}…`,
    context_length: engine.facts.contextTokens,
    pricing: {
      unit: 'byte',
      prompt: formatMoney(BigInt(prices.inputPerMillionBytesAtomic), PER_BYTE_DECIMALS),
      completion: formatMoney(BigInt(prices.outputPerMillionBytesAtomic), PER_BYTE_DECIMALS),
      request: formatMoney(BigInt(prices.turnFeeAtomic)),
    },
    supported_parameters: PARAMETERS,
  }
}

/** The versions for which a holder has given this node a grant; others it learns of when they are asked for. */
export async function modelList(parts: NodeParts): Promise<NodeModels> {
  const { chainId, works } = parts.ledger.options.addresses
  const names = parts.grants
    .versions()
    .map(({ workId, version }) => formatModelId({ chainId, works, workId, version }))
  const models = await Promise.all(names.map(name => modelNamed(parts, name).catch(() => null)))
  return { object: 'list', data: models.filter(model => model !== null) }
}

export async function health(parts: NodeParts): Promise<NodeHealth> {
  const { ledger, engine, base, works } = parts
  return {
    status: 'ok',
    chainId: ledger.options.addresses.chainId,
    blockNumber: String(await ledger.blockNumber()),
    operator: parts.operator,
    sessionKey: parts.sessionKey,
    engine: 'llama.cpp',
    llamaRelease: engine.facts.llamaRelease,
    gpu: engine.facts.gpu,
    base: { ...base, contextTokens: engine.facts.contextTokens },
    openWorks: works.size,
  }
}
