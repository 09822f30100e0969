/** What the next step of llama.cpp computes: which turns, whose adapter, and how much of a long prompt beside others' answers. */
import type { BatchItem, PrioritizedBatchItem } from 'node-llama-cpp'

/** One turn that runs. Its tag travels through node-llama-cpp as the priority of what it asks to have evaluated. */
export type Lane = {
  /** The place of its tokens in llama.cpp's memory: neighbours are computed together, so steps go in this order. */
  readonly tag: number
  /** Which adapter its tokens are computed with; '' is the base alone. */
  readonly adapter: string
  readonly promptTokens: number
  readonly onProgress?: (processedTokens: number) => void
}

type State = Lane & { decoding: boolean; waitingSinceMs: number | undefined }
type Queued = { item: BatchItem; lane: State }

/** What node-llama-cpp 3.22.1 keeps to itself; `planner.test.ts` fails when a release changes it. */
export type StepQueue = { _queuedDecodes: unknown[]; _scheduleDecode(): void }

/** A turn that was just given its token asks for the next within a few turns of the event loop's inner queue. */
const MAX_ROUNDS_TO_WAIT = 40
/** What a long prompt may add to the time between two tokens of the others. */
const PREFILL_MS = 150
const MIN_PREFILL_TOKENS = 48
const FIRST_PREFILL_TOKENS = 64
/** An adapter that is swapped in stays at least so long while others wait. */
const MIN_STAY_MS = 60
const MIN_STAY_STEPS = 4

export class Planner {
  readonly #lanes = new Map<number, State>()
  readonly #queue: StepQueue
  readonly #useAdapter: (adapter: string) => void
  #adapter = ''
  #stepsHere = 0
  #arrivedAtMs = 0
  #rounds = 0
  #prefillTokens = FIRST_PREFILL_TOKENS
  #last: { prefill: number; atMs: number } | undefined
  #tending = 0
  readonly #aside: unknown[] = []

  constructor(queue: StepQueue, useAdapter: (adapter: string) => void) {
    this.#queue = queue
    this.#useAdapter = useAdapter
  }

  begin(lane: Lane): void {
    this.#lanes.set(lane.tag, { ...lane, decoding: false, waitingSinceMs: undefined })
  }

  /** Before an adapter is freed: no step of it runs any more, but llama.cpp may still point at it. */
  leaveAdapter(adapter: string): void {
    if (this.#adapter === adapter) this.#swap('', performance.now())
  }

  end(tag: number): void {
    this.#lanes.delete(tag)
  }

  /**
   * Runs what needs llama.cpp's context between two steps. node-llama-cpp lets go of it only when nothing is queued,
   * which beside two answers that go on is never: what is queued is set aside for so long.
   */
  async tend<T>(run: () => Promise<T>): Promise<T> {
    this.#tending++
    try {
      return await run()
    } finally {
      this.#tending--
      if (this.#tending === 0 && this.#aside.length > 0) {
        this.#queue._queuedDecodes.push(...this.#aside.splice(0))
        this.#queue._scheduleDecode()
      }
    }
  }

  /** node-llama-cpp's `itemPrioritizationStrategy`; an empty step computes nothing and asks again. */
  readonly plan = ({
    items,
    size,
  }: {
    items: readonly BatchItem[]
    size: number
  }): PrioritizedBatchItem[] => {
    if (this.#tending > 0) {
      this.#aside.push(...this.#queue._queuedDecodes.splice(0))
      return []
    }
    const nowMs = performance.now()
    this.#learn(items, nowMs)
    const queued = this.#queued(items, nowMs)
    const adapter = this.#choose(queued, nowMs)
    const group = queued.filter(({ lane }) => lane.adapter === adapter)
    if (this.#someoneIsComing(adapter, group)) return []
    this.#rounds = 0
    if (adapter !== this.#adapter) this.#swap(adapter, nowMs)
    this.#stepsHere++
    return this.#fill(group, size, nowMs)
  }

  #queued(items: readonly BatchItem[], nowMs: number): Queued[] {
    return items.map(item => {
      const tag = Number(item.evaluationPriority)
      const lane = this.#lanes.get(tag) ?? {
        ...{ tag, adapter: this.#adapter, promptTokens: 0, decoding: false },
        waitingSinceMs: undefined,
      }
      lane.waitingSinceMs ??= nowMs
      return { item, lane }
    })
  }

  /** Stays with an adapter while its turns go on, but not so long that those of another stand still. */
  #choose(queued: readonly Queued[], nowMs: number): string {
    const here =
      queued.some(({ lane }) => lane.adapter === this.#adapter) || this.#missing(this.#adapter, queued)
    const others = queued.filter(({ lane }) => lane.adapter !== this.#adapter)
    const over = this.#stepsHere >= MIN_STAY_STEPS && nowMs - this.#arrivedAtMs >= MIN_STAY_MS
    const [first] = others
    if (!first || (here && !over)) return this.#adapter
    const since = ({ lane }: Queued) => lane.waitingSinceMs ?? nowMs
    return others.reduce((oldest, one) => (since(one) < since(oldest) ? one : oldest), first).lane.adapter
  }

  #missing(adapter: string, queued: readonly Queued[]): boolean {
    const here = new Set(queued.map(({ lane }) => lane.tag))
    return [...this.#lanes.values()].some(
      lane => lane.adapter === adapter && lane.decoding && !here.has(lane.tag),
    )
  }

  /** Answers that were split over two steps would each cost a pass over all weights. */
  #someoneIsComing(adapter: string, group: readonly Queued[]): boolean {
    if (!this.#missing(adapter, group)) return false
    this.#rounds++
    return this.#rounds < MAX_ROUNDS_TO_WAIT
  }

  #swap(adapter: string, nowMs: number): void {
    this.#useAdapter(adapter)
    this.#adapter = adapter
    this.#stepsHere = 0
    this.#arrivedAtMs = nowMs
  }

  #fill(group: readonly Queued[], size: number, nowMs: number): PrioritizedBatchItem[] {
    const decoding = group.filter(({ item }) => item.tokens.length === 1)
    const reading = group.filter(({ item }) => item.tokens.length > 1)
    // Where more wait for their first token than for their next, a full step serves most of them best.
    const capped = decoding.length >= reading.length && decoding.length > 0
    const share = capped ? Math.min(this.#prefillTokens, size) : size
    let left = Math.min(share, size - decoding.length)
    this.#last = { prefill: 0, atMs: nowMs }
    const step: { tag: number; entry: PrioritizedBatchItem }[] = []
    const take = ({ item, lane }: Queued, count: number) => {
      step.push({ tag: lane.tag, entry: { item, processAmount: count } })
      lane.waitingSinceMs = undefined
      lane.decoding = count === item.tokens.length
    }
    for (const one of decoding.slice(0, size)) take(one, 1)
    // Whoever came first is read first: sharing would make everybody's first token as late as the last one's.
    for (const one of reading) {
      const count = Math.min(one.item.tokens.length, left)
      one.lane.onProgress?.(Math.max(0, one.lane.promptTokens - one.item.tokens.length))
      if (count <= 0) continue
      take(one, count)
      left -= count
      this.#last.prefill += count
    }

    return step.sort((a, b) => a.tag - b.tag).map(({ entry }) => entry)
  }

  /** How many tokens of a prompt this machine reads in `PREFILL_MS`. */
  #learn(items: readonly BatchItem[], nowMs: number): void {
    const last = this.#last
    this.#last = undefined
    const goesOn = items.some(({ tokens }) => tokens.length > 1)
    if (!last || last.prefill < MIN_PREFILL_TOKENS || !goesOn) return
    const tokens = (PREFILL_MS * last.prefill) / Math.max(1, nowMs - last.atMs)
    this.#prefillTokens = Math.max(MIN_PREFILL_TOKENS, Math.round((this.#prefillTokens + tokens) / 2))
  }
}
