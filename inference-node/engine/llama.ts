/** One base model in llama.cpp with one context: every work's turns run in it side by side, each with its own adapter. */
import { Problem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import {
  getLlama,
  type Llama,
  type LlamaContext,
  LlamaLogLevel,
  type LlamaModel,
  resolveChatWrapper,
  resolveModelFile,
  type Token,
} from 'node-llama-cpp'
import { Adapters } from './adapters.ts'
import { wrapperByTokens } from './chat-format.ts'
import { type GenerateAsk, generate, mayBeRewritten, type Speech, tokensOf } from './generation.ts'
import { MAX_DEFAULT_CONTEXT, refuseTooLong } from './limits.ts'
import { Planner, type StepQueue } from './planner.ts'
import type { BootOptions, ChatEnd, EngineFacts, Opening, Sampling } from './protocol.ts'
import { commonLength, place, type Slot, type Wanted } from './slots.ts'

type OpenWork = { adapter: string; shared: readonly Token[] }

export type HostAsk = GenerateAsk & {
  work: string
  holder?: string
  onProgress(progress: { processedTokens: number; promptTokens: number }): void
}

/** A holder's words stay in their slot for a turn that goes on from them, and no longer than this. */
const KEEP_WORDS_MS = 5 * 60_000

/** Tags that no part of node-llama-cpp would use as a priority of its own. */
const FIRST_TAG = 1_000

type ContextInternals = StepQueue & { _ctx: { setLoras(loras: object[], scales: number[]): void } }

export class LlamaHost {
  readonly facts: EngineFacts
  readonly #llama: Llama
  readonly #model: LlamaModel
  readonly #speech: Speech
  readonly #adapters: Adapters
  readonly #planner: Planner
  readonly #slots: readonly Slot[]
  readonly #works = new Map<string, OpenWork>()
  readonly #sweeping: NodeJS.Timeout

  private constructor(llama: Llama, context: LlamaContext, options: BootOptions, planner: PlannerOf) {
    const { model } = context
    this.#llama = llama
    this.#model = model
    this.facts = {
      kind: 'llama.cpp',
      llamaRelease: llama.llamaCppRelease.release,
      gpu: llama.gpu,
      modelName: model.fileInfo.metadata.general.name ?? 'unnamed',
      contextTokens: contextTokensOf(model, options),
      build: `llama.cpp ${llama.llamaCppRelease.release}`,
    }
    const wrapper = options.fileTemplate ? resolveChatWrapper(model) : wrapperByTokens(model)
    const { contextTokens } = this.facts
    this.#speech = { model, wrapper, contextTokens, mayBeRewritten: mayBeRewritten(wrapper) }
    this.#adapters = new Adapters(model)
    this.#planner = planner(context, this.#adapters)
    this.#slots = Array.from({ length: context.totalSequences }, (_, index) => ({
      ...{ index, sequence: context.getSequence(), busy: false, idleSinceMs: 0 },
      ...{ work: undefined, holder: undefined },
    }))
    this.#sweeping = setInterval(() => void this.#forgetOldWords(), KEEP_WORDS_MS / 5)
    this.#sweeping.unref()
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
    let planner: Planner | undefined
    const context = await contextOf(model, options, ask => planner?.plan(ask) ?? [])
    return new LlamaHost(llama, context, options, (of, adapters) => {
      const internals = of as unknown as ContextInternals // Safety: pinned at 3.22.1; engine.test.ts holds what is used.
      planner = new Planner(internals, adapter => {
        const natives = adapters.natives(adapter)
        internals._ctx.setLoras(
          natives,
          natives.map(() => 1),
        )
      })
      return planner
    })
  }

  /** Takes a work; its adapter's bytes are read once and not kept. */
  async open(work: string, adapter?: Uint8Array, opening?: Opening): Promise<void> {
    if (this.#works.has(work)) return
    const key = adapter === undefined ? '' : await this.#adapters.load(adapter)
    this.#works.set(work, { adapter: key, shared: opening ? this.#sharedBy(opening) : [] })
  }

  /** What two conversations that have nothing else in common begin with: the hidden prompt, as tokens. */
  #sharedBy([one, other]: Opening): readonly Token[] {
    const tokens = tokensOf(this.#speech, one)
    return tokens.slice(0, commonLength(tokens, tokensOf(this.#speech, other)))
  }

  async close(work: string): Promise<void> {
    const open = this.#works.get(work)
    if (!open) return
    this.#works.delete(work)
    const last = this.#adapters.release(open.adapter)
    await this.#planner.tend(async () => {
      for (const slot of this.#slots) if (slot.work === work && !slot.busy) await empty(slot)
      if (last) this.#planner.leaveAdapter(open.adapter)
    })
    if (last) await this.#adapters.free(open.adapter)
  }

  /** The tokens of a conversation as the model's own template writes it. */
  count(messages: readonly Utterance[], sampling?: Sampling): number {
    return tokensOf(this.#speech, messages, sampling).length
  }

  async chat(ask: HostAsk): Promise<ChatEnd> {
    const startedAtMs = performance.now()
    const open = this.#works.get(ask.work)
    if (!open) throw new Problem('engine_failed', { detail: 'The work is not open in the engine.' })
    const tokens = tokensOf(this.#speech, ask.messages, ask.sampling)
    const promptTokens = tokens.length
    refuseTooLong(promptTokens, this.facts.contextTokens)
    const sharedTokens = commonLength(tokens, open.shared)
    const slot = await this.#take({ work: ask.work, holder: ask.holder, tokens, sharedTokens })
    const tag = FIRST_TAG + slot.index
    const onProgress = (processedTokens: number) => ask.onProgress({ processedTokens, promptTokens })
    this.#planner.begin({ tag, adapter: open.adapter, promptTokens, onProgress })
    try {
      const at = { sequence: slot.sequence, tag, inputTokens: promptTokens, startedAtMs }
      return await generate(at, this.#speech, ask)
    } catch (error) {
      slot.holder = undefined // Whatever it broke off in the middle of is not gone on from.
      // The library returns what was said until an abort, and throws only when that was nothing: an answer all the same.
      if (!ask.signal.aborted || error !== ask.signal.reason) throw error
      const totalMs = performance.now() - startedAtMs
      const none = { outputTokens: 0, thoughtTokens: 0, firstTokenMs: totalMs }
      return { reason: 'stop', inputTokens: promptTokens, ...none, totalMs }
    } finally {
      this.#planner.end(tag)
      // The answer is whole all the same; what could not be erased now is erased before the place is used again.
      if (slot.holder === undefined) await this.#change(slot, () => trim(slot, open.shared)).catch(() => {})
      slot.idleSinceMs = performance.now()
      slot.busy = false
    }
  }

  /** A place whose state holds nothing but what this very turn may go on from. */
  async #take(wanted: Wanted): Promise<Slot> {
    const plan = place(this.#slots, wanted)
    if (!plan) throw new Problem('engine_failed', { detail: 'No place is free in the engine.' })
    const { slot, copyFrom } = plan
    slot.busy = true
    // One token has to be computed, or there is nothing to go on from.
    const keepTokens = Math.min(plan.keepTokens, wanted.tokens.length - 1)
    const changes = copyFrom !== undefined || keepTokens < slot.sequence.nextTokenIndex
    try {
      if (changes) await this.#change(slot, () => prepare(slot, wanted, { keepTokens, copyFrom }))
    } catch (error) {
      slot.busy = false
      throw error
    }
    slot.work = wanted.work
    slot.holder = wanted.holder
    return slot
  }

  /** A change that broke off leaves who knows whose tokens: nobody's, so that no turn goes on from them. */
  async #change(slot: Slot, change: () => Promise<void>): Promise<void> {
    try {
      await this.#planner.tend(change)
    } catch (error) {
      slot.work = undefined
      slot.holder = undefined
      throw error
    }
  }

  async #forgetOldWords(): Promise<void> {
    for (const slot of this.#slots) {
      const { busy, holder, work = '', idleSinceMs } = slot
      if (busy || holder === undefined || performance.now() - idleSinceMs < KEEP_WORDS_MS) continue
      slot.busy = true
      await this.#change(slot, () => trim(slot, this.#works.get(work)?.shared ?? [])).catch(() => {})
      slot.busy = false
    }
  }

  /** For tests: how many tokens each place holds, and whose. */
  kept(): { work: string | undefined; holder: string | undefined; tokens: readonly Token[] }[] {
    return this.#slots.map(({ work, holder, sequence }) => ({ work, holder, tokens: sequence.contextTokens }))
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweeping)
    await this.#model.dispose()
    await this.#llama.dispose()
  }
}

type PlannerOf = (context: LlamaContext, adapters: Adapters) => Planner

const contextTokensOf = (model: LlamaModel, { contextTokens }: BootOptions): number =>
  contextTokens || Math.min(model.trainContextSize, MAX_DEFAULT_CONTEXT)

function contextOf(model: LlamaModel, options: BootOptions, plan: Planner['plan']): Promise<LlamaContext> {
  const { sequences, warmPrompts, threads } = options
  const contextSize = contextTokensOf(model, options)
  const conversations = sequences + warmPrompts
  return model
    .createContext({
      ...{ contextSize, sequences: conversations, failedCreationRemedy: false },
      ...(threads > 0 ? { threads } : {}),
      batching: { itemPrioritizationStrategy: plan, dispatchSchedule: queueMicrotask },
    })
    .catch(cause => {
      const got = `no memory for ${conversations} conversations of ${contextSize} tokens`
      throw new Problem('model_file_invalid', { got, expected: 'fewer, or shorter ones', cause })
    })
}

async function empty(slot: Slot): Promise<void> {
  slot.work = undefined
  slot.holder = undefined
  await slot.sequence.clearHistory()
}

/** Leaves of a slot what begins with `tokens` and nothing behind it. */
async function trim(slot: Slot, tokens: readonly Token[]): Promise<void> {
  slot.holder = undefined
  const { sequence } = slot
  // Models that cannot go back a few tokens begin anew.
  if (sequence.needsCheckpoints || commonLength(sequence.contextTokens, tokens) === 0) return empty(slot)
  await sequence.adaptStateToTokens([...tokens], false)
}

type Internals = { _copyStateFromOtherSequence(other: unknown, upTo: number): Promise<boolean> }

async function prepare(
  slot: Slot,
  wanted: Wanted,
  { keepTokens, copyFrom }: { keepTokens: number; copyFrom: Slot | undefined },
): Promise<void> {
  if (!copyFrom) return trim(slot, wanted.tokens.slice(0, keepTokens))
  const length = Math.min(wanted.sharedTokens, wanted.tokens.length - 1)
  const internals = slot.sequence as unknown as Internals // Safety: pinned at 3.22.1; engine.test.ts holds it.
  // It says no while the other is being read into: then this turn reads the prompt itself.
  if (!(await internals._copyStateFromOtherSequence(copyFrom.sequence, length))) await empty(slot)
}

/** `hf:<user>/<repo>:<quant>` or a URL becomes a file in `directory`; resumable, and at once when it is there already. */
export const downloadModel = (
  uri: string,
  directory: string,
  onProgress: (progress: { totalSize: number; downloadedSize: number }) => void,
): Promise<string> => resolveModelFile(uri, { directory, cli: false, onProgress })

/** Where that file is, if it was downloaded. */
export const downloadedModel = (uri: string, directory: string): Promise<string> =>
  resolveModelFile(uri, { directory, cli: false, download: false })
