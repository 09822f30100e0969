/** What the node and its engine process say to each other: plain data only, so that either side may be replaced. */
import type { Utterance } from '@grimoire/schema/utterance'

export type BootOptions = {
  modelPath: string
  gpu: 'auto' | 'cuda' | 'vulkan' | 'metal' | false
  /** 0 lets llama.cpp choose. */
  threads: number
  /** The window of one conversation, in tokens; 0 takes the model's own, up to `MAX_DEFAULT_CONTEXT`. */
  contextTokens: number
  /** Turns that one work answers at the same moment. */
  sequences: number
  /** Whether the file's own chat template may run: only when its hash is on the list. */
  fileTemplate: boolean
}

export type EngineFacts = {
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
}

export type ChatEnd = {
  reason: 'stop' | 'length'
  inputTokens: number
  outputTokens: number
  firstTokenMs: number
  totalMs: number
}

export type Ask =
  | { op: 'boot'; options: BootOptions }
  | { op: 'open'; work: string; adapter?: Uint8Array }
  | { op: 'close'; work: string }
  | { op: 'count'; messages: Utterance[] }
  | { op: 'chat'; work: string; messages: Utterance[]; sampling: Sampling }
  | { op: 'abort'; target: number }
  | { op: 'stop' }

export type ToChild = Ask & { id: number }
export type FromChild =
  | { id: number; kind: 'done'; value: unknown }
  | { id: number; kind: 'piece'; text: string }
  | { id: number; kind: 'failed'; code: string; got?: string; expected?: string }
