/** What the node says of itself: its health, and the works it serves in the shape that OpenAI's and OpenRouter's clients read. */
import { formatMoney, MONEY_DECIMALS } from '@grimoire/schema/amounts'
import { MAX_OUTPUT_TOKENS } from '@grimoire/schema/chat'
import { formatModelId } from '@grimoire/schema/model-id'
import type { NodeHealth, NodeModels } from '@grimoire/schema/node'
import type { NodeParts } from '../parts.ts'
import { readModel } from './turn.ts'

type NodeModel = NodeModels['data'][number]

const SAMPLING = [
  'temperature',
  'top_p',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'max_tokens',
]
const FEATURES = ['tools', 'json_mode', 'structured_outputs']
const PARAMETERS = [
  ...SAMPLING,
  ...['max_completion_tokens', 'response_format', 'tools', 'tool_choice', 'parallel_tool_calls', 'stream'],
]
/** Prices are for a million bytes; a price for one has six decimals more. */
const PER_BYTE_DECIMALS = MONEY_DECIMALS + 6

export async function modelNamed(parts: NodeParts, text: string): Promise<NodeModel> {
  const { ledger, works, bases } = parts
  const { work, workId, version, model } = await readModel(ledger, text)
  await ledger.requireServing(workId)
  const [prices, manifest] = await Promise.all([
    ledger.prices(work),
    works.manifest({ workId, version }).catch(() => null),
  ])
  const { engine } = manifest ? bases.require(manifest.base) : bases.first
  return {
    id: model,
    object: 'model',
    created: 0, // The ledger knows blocks; OpenAI's clients only need a number.
    owned_by: work.creator,
    name: manifest?.title ?? `work ${workId.slice(0, 8)}…`,
    description: manifest?.summary ?? '',
    context_length: engine.facts.contextTokens,
    max_output_length: Math.min(MAX_OUTPUT_TOKENS, engine.facts.contextTokens),
    input_modalities: ['text'],
    output_modalities: ['text'],
    quantization: 'unknown',
    pricing: {
      unit: 'byte',
      prompt: formatMoney(BigInt(prices.inputPerMillionBytesAtomic), PER_BYTE_DECIMALS),
      completion: formatMoney(BigInt(prices.outputPerMillionBytesAtomic), PER_BYTE_DECIMALS),
      request: formatMoney(BigInt(prices.turnFeeAtomic)),
    },
    supported_parameters: PARAMETERS,
    supported_sampling_parameters: SAMPLING,
    supported_features: FEATURES,
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
  const { ledger, engine, base, bases, works, drafts, canary } = parts
  return {
    status: 'ok',
    chainId: ledger.options.addresses.chainId,
    blockNumber: String(await ledger.blockNumber()),
    operator: parts.operator,
    sessionKey: parts.sessionKey,
    engine: engine.facts.kind,
    llamaRelease: engine.facts.llamaRelease,
    gpu: engine.facts.gpu,
    base: { ...base, contextTokens: engine.facts.contextTokens },
    bases: bases.all.map(each => ({
      ...each.base,
      contextTokens: each.engine.facts.contextTokens,
      alive: each.engine.alive,
    })),
    openWorks: works.size,
    draftTurnsPerDay: drafts.turnsPerDay,
    canaryEverySeconds: canary.everySeconds,
  }
}
