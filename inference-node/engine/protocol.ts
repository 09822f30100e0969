/** What the node and its engine process say to each other: plain data only, so that either side may be replaced. */
import type { JsonSchema } from '@grimoire/schema/tools'
import type { Utterance } from '@grimoire/schema/utterance'

export type BootOptions = {
  modelPath: string
  gpu: 'auto' | 'cuda' | 'vulkan' | 'metal' | false
  /** 0 lets llama.cpp choose. */
  threads: number
  /** The window of one conversation, in tokens; 0 takes the model's own, up to `MAX_DEFAULT_CONTEXT`. */
  contextTokens: number
  /** Turns that are answered at the same moment. */
  sequences: number
  /** Hidden prompts, and conversations that may go on, that stay in memory beside the turns that run. */
  warmPrompts: number
  /** Whether the file's own chat template may run: only when its hash is on the list. */
  fileTemplate: boolean
}

export type EngineFacts = {
  kind: 'llama.cpp' | 'openai'
  /** What answers, for receipts: the engine and its build. */
  build: string
  llamaRelease: string
  gpu: string | false
  modelName: string
  contextTokens: number
}

export type Sampling = {
  temperature: number
  topP?: number
  seed?: number
  stop: string[]
  maxTokens: number
  frequencyPenalty?: number
  presencePenalty?: number
  /** A form that the whole answer has to have. */
  form?: Form
  /** Functions that the answer may call, or must. */
  offered?: Offered
}

/** JSON of any kind, or JSON of one schema. */
export type Form = { schema?: JsonSchema; strict?: boolean }
export type OfferedTool = { name: string; description?: string; parameters?: JsonSchema; strict?: boolean }
export type Offered = {
  tools: OfferedTool[]
  /** `required`: one or more of them; a name: that one. */
  choice: 'auto' | 'required' | { name: string }
  /** Whether one answer may call several. */
  parallel: boolean
}

/** A call as the engine speaks it; its arguments are JSON text. */
export type SpokenCall = { name: string; arguments: string }

/** Two conversations as a work composes them: what they begin with alike is the work's, and not its holders'. */
export type Opening = readonly [Utterance[], Utterance[]]

/** How much of a prompt was read. */
export type PromptProgress = { processedTokens: number; promptTokens: number }

export type ChatEnd = {
  reason: 'stop' | 'length' | 'tool_calls'
  inputTokens: number
  outputTokens: number
  /** Of the output: what the model thought before it spoke. It is not delivered. */
  thoughtTokens?: number
  firstTokenMs: number
  totalMs: number
}

export type Ask =
  | { op: 'boot'; options: BootOptions }
  | { op: 'open'; work: string; adapter?: Uint8Array; opening?: Opening }
  | { op: 'close'; work: string }
  | { op: 'count'; messages: Utterance[]; sampling?: Sampling }
  | { op: 'chat'; work: string; holder?: string; messages: Utterance[]; sampling: Sampling }
  | { op: 'abort'; target: number }
  | { op: 'stop' }

export type ToChild = Ask & { id: number }
export type FromChild =
  | { id: number; kind: 'done'; value: unknown }
  | { id: number; kind: 'piece'; text: string }
  | { id: number; kind: 'call'; call: SpokenCall }
  | { id: number; kind: 'progress'; progress: PromptProgress }
  | { id: number; kind: 'failed'; code: string; got?: string; expected?: string }
