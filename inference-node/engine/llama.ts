/** The only door to node-llama-cpp: one base model, a context for each open work, and stateless chat over whole histories. */
import { randomInt } from 'node:crypto'
import { Problem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import {
  type ChatHistoryItem,
  ChatMLChatWrapper,
  type ChatWrapper,
  GemmaChatWrapper,
  GeneralChatWrapper,
  getLlama,
  HarmonyChatWrapper,
  type Llama,
  Llama3ChatWrapper,
  LlamaChat,
  type LlamaContext,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  MistralChatWrapper,
  resolveChatWrapper,
  resolveModelFile,
} from 'node-llama-cpp'
import { MAX_DEFAULT_CONTEXT, refuseTooLong } from './limits.ts'
import type { BootOptions, ChatEnd, EngineFacts, Sampling } from './protocol.ts'
import { unlinkedFile } from './unlinked.ts'

type OpenWork = { context: LlamaContext; idle: LlamaContextSequence[]; lora?: LoadedLora }
type LoadedLora = { key: string; dispose(): Promise<void> }

/**
 * Adapters are cached by node-llama-cpp under their path and never freed. A descriptor's path is used again by the
 * kernel, so that cache would one day serve the wrong work's adapter: each is moved to a name of its own, and freed.
 */
type ModelInternals = {
  _loraAdapters: Map<string, { dispose(): Promise<void> }>
  _getOrLoadLora(path: string): Promise<{ dispose(): Promise<void> }>
}

export class LlamaHost {
  readonly facts: EngineFacts
  readonly #llama: Llama
  readonly #model: LlamaModel
  readonly #wrapper: ChatWrapper
  readonly #options: BootOptions
  readonly #works = new Map<string, OpenWork>()

  private constructor(llama: Llama, model: LlamaModel, options: BootOptions) {
    this.#llama = llama
    this.#model = model
    this.#options = options
    this.#wrapper = options.fileTemplate ? resolveChatWrapper(model) : wrapperByTokens(model)
    this.facts = {
      llamaRelease: llama.llamaCppRelease.release,
      gpu: llama.gpu,
      modelName: model.fileInfo.metadata.general.name ?? 'unnamed',
      contextTokens: options.contextTokens || Math.min(model.trainContextSize, MAX_DEFAULT_CONTEXT),
    }
  }

  static async boot(options: BootOptions): Promise<LlamaHost> {
    const llama = await getLlama({
      gpu: options.gpu,
      build: 'never',
      skipDownload: true,
      maxThreads: options.threads,
      logLevel: LlamaLogLevel.error,
      logger: () => {}, // Native messages may quote what they were given; reasons are found before, in files/.
    })
    const model = await llama.loadModel({ modelPath: options.modelPath, gpuLayers: 'auto' }).catch(cause => {
      throw new Problem('model_file_invalid', { expected: 'a model that llama.cpp can load', cause })
    })
    return new LlamaHost(llama, model, options)
  }

  /** Makes the context of a work; its adapter's bytes are read once and not kept. */
  async open(work: string, adapter?: Uint8Array): Promise<void> {
    if (this.#works.has(work)) return
    const lora = adapter === undefined ? undefined : await this.#loadAdapter(work, adapter)
    try {
      const { sequences, threads } = this.#options
      const context = await this.#model.createContext({
        contextSize: this.facts.contextTokens,
        sequences,
        ...(threads > 0 ? { threads } : {}),
        ...(lora ? { lora: lora.key } : {}),
      })
      const idle = Array.from({ length: sequences }, () => context.getSequence())
      this.#works.set(work, { context, idle, ...(lora ? { lora } : {}) })
    } catch (cause) {
      await lora?.dispose()
      throw lora ? new Problem('adapter_invalid', { cause }) : cause
    }
  }

  async #loadAdapter(work: string, bytes: Uint8Array): Promise<LoadedLora> {
    const internals = this.#model as unknown as ModelInternals // Safety: pinned at 3.22.1; llama.test.ts holds both fields.
    const file = unlinkedFile(bytes)
    try {
      const adapter = await internals._getOrLoadLora(file.path)
      const key = `/grimoire-adapter/${encodeURIComponent(work)}`
      internals._loraAdapters.delete(file.path)
      internals._loraAdapters.set(key, adapter)
      const dispose = async () => {
        internals._loraAdapters.delete(key)
        await adapter.dispose()
      }
      return { key, dispose }
    } catch (cause) {
      throw new Problem('adapter_invalid', { cause })
    } finally {
      file.close()
    }
  }

  async close(work: string): Promise<void> {
    const open = this.#works.get(work)
    if (!open) return
    this.#works.delete(work)
    await open.context.dispose()
    await open.lora?.dispose()
  }

  /** The tokens of a conversation as the model's own template writes it. */
  count(messages: readonly Utterance[]): number {
    const { contextText } = this.#wrapper.generateContextState({ chatHistory: historyOf(messages) })
    return contextText.tokenize(this.#model.tokenizer).length
  }

  async chat(
    work: string,
    messages: readonly Utterance[],
    sampling: Sampling,
    onText: (text: string) => void,
    signal: AbortSignal,
  ): Promise<ChatEnd> {
    const open = this.#works.get(work)
    const sequence = open?.idle.pop()
    if (!open || !sequence)
      throw new Problem('engine_failed', { detail: 'The work is not open in the engine.' })
    try {
      return await this.#generate(sequence, messages, sampling, onText, signal)
    } finally {
      open.idle.push(sequence)
    }
  }

  async #generate(
    sequence: LlamaContextSequence,
    messages: readonly Utterance[],
    sampling: Sampling,
    onText: (text: string) => void,
    signal: AbortSignal,
  ): Promise<ChatEnd> {
    const startedAt = performance.now()
    const inputTokens = this.count(messages)
    const room = this.facts.contextTokens - inputTokens - 1
    refuseTooLong(inputTokens, this.facts.contextTokens)
    let outputTokens = 0
    let firstTokenMs = 0
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: this.#wrapper })
    try {
      const { metadata } = await chat.generateResponse(historyOf(messages), {
        maxTokens: Math.min(sampling.maxTokens, room),
        temperature: sampling.temperature,
        ...(sampling.topP === undefined ? {} : { topP: sampling.topP }),
        seed: (sampling.seed ?? randomInt(2 ** 31)) >>> 0, // llama.cpp takes 32 bits; OpenAI any integer.
        repeatPenalty: false,
        customStopTriggers: sampling.stop,
        signal,
        stopOnAbortSignal: true,
        onToken: ticking(() => onText('')),
        onResponseChunk: chunk => {
          if (outputTokens === 0 && chunk.tokens.length > 0) firstTokenMs = performance.now() - startedAt
          outputTokens += chunk.tokens.length
          if (chunk.type === undefined && chunk.text !== '') onText(chunk.text)
        },
      })
      const reason = metadata.stopReason === 'maxTokens' ? 'length' : 'stop'
      return { reason, inputTokens, outputTokens, firstTokenMs, totalMs: performance.now() - startedAt }
    } finally {
      chat.dispose({ disposeSequence: false })
    }
  }

  async stop(): Promise<void> {
    for (const work of [...this.#works.keys()]) await this.close(work)
    await this.#model.dispose()
    await this.#llama.dispose()
  }
}

const BY_CONTROL_TOKEN: [string, () => ChatWrapper][] = [
  ['<|im_start|>', () => new ChatMLChatWrapper()],
  ['<|channel|>', () => new HarmonyChatWrapper()],
  ['<|start_header_id|>', () => new Llama3ChatWrapper()],
  ['<start_of_turn>', () => new GemmaChatWrapper()],
  ['[INST]', () => new MistralChatWrapper()],
]

/** How a model was taught to converse shows in its control tokens: no text of the file has to run to learn it. */
function wrapperByTokens(model: LlamaModel): ChatWrapper {
  const known = BY_CONTROL_TOKEN.find(([text]) => model.tokenize(text, true).length === 1)
  return known ? known[1]() : new GeneralChatWrapper()
}

/** Tokens may make no text for long (a thought, half a character): the node hears of them once a second. */
function ticking(tick: () => void): () => void {
  let tickedAtMs = performance.now()
  return () => {
    if (performance.now() - tickedAtMs < 1_000) return
    tickedAtMs = performance.now()
    tick()
  }
}

const historyOf = (messages: readonly Utterance[]): ChatHistoryItem[] => [
  ...messages.map(({ role, content }): ChatHistoryItem => {
    if (role === 'assistant') return { type: 'model', response: [content] }
    return role === 'system' ? { type: 'system', text: content } : { type: 'user', text: content }
  }),
  { type: 'model', response: [] },
]

/** `hf:<user>/<repo>:<quant>` or a URL becomes a file in `directory`; resumable, and at once when it is there already. */
export const downloadModel = (
  uri: string,
  directory: string,
  onProgress: (progress: { totalSize: number; downloadedSize: number }) => void,
): Promise<string> => resolveModelFile(uri, { directory, cli: false, onProgress })
