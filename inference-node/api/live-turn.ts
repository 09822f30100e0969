/** One turn apart from its connections: what was said in it, how much of that was handed over, and who still listens. */

export type LiveTurnOptions = {
  id: string
  /** Handed over in one piece at its end, not as a stream. */
  whole: boolean
  /** How long the turn goes on while nobody takes what it says. */
  graceMs: number
  keepAliveMs: number
}

type Entry<Piece> = { data: string; piece?: Piece }
/** Why a turn ends before its model does: by its holder's word, because nobody listens, or with its grant. */
type Ending = 'stopped' | 'left' | 'over'

const encoder = new TextEncoder()

export class LiveTurn<Piece> {
  readonly options: LiveTurnOptions
  readonly #entries: Entry<Piece>[] = []
  readonly #halt = new AbortController()
  readonly #waiting = new Set<() => void>()
  #sent = 0
  #listeners = 0
  #pulls = 0
  #takers = 0
  #ending: Ending | undefined
  #closed = false
  #note = { number: 0, text: '' }
  #timer: NodeJS.Timeout | undefined

  constructor(options: LiveTurnOptions) {
    this.options = options
  }

  /** Aborts when nothing more is to be generated. */
  get halted(): AbortSignal {
    return this.#halt.signal
  }
  get ended(): boolean {
    return this.#closed
  }
  /** What its grant's end left of it: no more than was handed over before, and the receipt. */
  get isCut(): boolean {
    return this.#ending === 'over'
  }
  /** In characters, which are about as many bytes. */
  get size(): number {
    return this.#entries.reduce((sum, { data }) => sum + data.length, 0)
  }
  /** Whether anybody takes what it says now. */
  get attended(): boolean {
    return this.#listeners > 0 || this.#takers > 0
  }

  /** Adds an event. `piece` is what it brings of the answer: delivered, and charged, when it was handed over. */
  say(data: string, piece?: Piece): void {
    if (this.#ending || this.#closed) return
    this.#entries.push(piece === undefined ? { data } : { data, piece })
    this.#changed()
  }

  /** For those who wait: a comment of the stream, which no client of OpenAI's API looks at. */
  note(text: string): void {
    this.#note = { number: this.#note.number + 1, text }
    this.#changed()
  }

  /** By its holder's word. Who asked for that takes what was said, unless that one is gone already. */
  stop(signal?: AbortSignal): void {
    this.#end(signal?.aborted ? 'left' : 'stopped')
  }
  leave(): void {
    this.#end('left')
  }
  /** The grant ended: what was not handed over until now never is. */
  over(): void {
    this.#end('over')
  }

  #end(ending: Ending): void {
    if (this.#ending || this.#closed) return
    this.#ending = ending
    // Whoever stops it gets the text so far with the answer to that; of what nobody took, nothing is kept.
    if (ending !== 'stopped' && this.#takers === 0) this.#entries.length = this.options.whole ? 0 : this.#sent
    this.#halt.abort()
    this.#changed()
  }

  /** What was handed over of the answer, once it is sure that no more will be: null when nobody came for a whole answer. */
  async delivered(): Promise<Piece[] | null> {
    while (!this.#ending && !this.#isTaken()) await this.#change()
    if (this.options.whole && this.#takers === 0) return null
    return this.#entries.flatMap(({ piece }) => (piece === undefined ? [] : [piece]))
  }

  #isTaken(): boolean {
    return this.#takers > 0 || (!this.options.whole && this.#sent === this.#entries.length)
  }

  /** The last events: a receipt, or the reason why there is none. Nothing is charged after this. */
  close(last: readonly string[]): void {
    for (const data of last) this.#entries.push({ data })
    this.#closed = true
    this.#changed()
  }

  /** Resolves when the turn has ended, for someone who takes all of it then; earlier when that one goes away. */
  async take(signal?: AbortSignal): Promise<void> {
    const woken = () => this.#changed()
    const isGone = () => signal?.aborted ?? false
    if (isGone()) return
    this.#takers++
    signal?.addEventListener('abort', woken, { once: true })
    this.#changed()
    while (!this.#closed && !isGone()) await this.#change()
    signal?.removeEventListener('abort', woken)
    this.#takers--
    this.#changed()
  }

  async whenClosed(): Promise<void> {
    while (!this.#closed) await this.#change()
  }

  /** What is kept of the conversation leaves the memory. */
  wipe(): void {
    this.#entries.length = 0
    this.#changed()
  }

  /** The events after the one named, as they come; each counts as handed over when the connection has asked for it. */
  listen(after = 0): ReadableStream<Uint8Array> {
    const reader = { at: Math.min(after, this.#entries.length), noted: 0, gone: false }
    this.#listeners++
    this.#changed()
    const leave = () => {
      if (reader.gone) return
      reader.gone = true
      this.#listeners--
      this.#changed()
    }
    const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
      this.#pulls++
      this.#watch()
      const next = await this.#next(reader).finally(() => {
        this.#pulls--
      })
      if (reader.gone) return this.#watch()
      if (next === null) {
        controller.close()
        return leave()
      }
      controller.enqueue(encoder.encode(next))
      this.#changed()
    }
    return new ReadableStream<Uint8Array>({ pull, cancel: leave }, { highWaterMark: 0 })
  }

  async #next(reader: { at: number; noted: number; gone: boolean }): Promise<string | null> {
    for (;;) {
      if (reader.gone) return null
      if (reader.noted < this.#note.number && !this.#closed) {
        reader.noted = this.#note.number
        return `: ${this.#note.text}\n\n`
      }
      const entry = this.#entries[reader.at]
      if (entry) {
        reader.at++
        this.#sent = Math.max(this.#sent, reader.at)
        return `id: ${reader.at}\ndata: ${entry.data}\n\n`
      }
      if (this.#closed) return null
      if (!(await this.#change(this.options.keepAliveMs))) return ': keep-alive\n\n'
    }
  }

  /** Resolves with true at the next change, or with false after a while without one. */
  #change(withinMs?: number): Promise<boolean> {
    return new Promise(resolve => {
      const timer = withinMs === undefined ? undefined : setTimeout(() => done(false), withinMs)
      const woken = () => done(true)
      const done = (changed: boolean) => {
        clearTimeout(timer)
        this.#waiting.delete(woken)
        resolve(changed)
      }
      this.#waiting.add(woken)
    })
  }

  #changed(): void {
    for (const wake of [...this.#waiting]) wake()
    this.#watch()
  }

  /** A reader that has all there is, or is about to take the next of it, is there. One that does not read is not. */
  #watch(): void {
    const reads = this.#pulls > 0 || (this.#listeners > 0 && this.#sent === this.#entries.length)
    if (this.#closed || this.#ending || this.#takers > 0 || (reads && !this.options.whole)) {
      clearTimeout(this.#timer)
      this.#timer = undefined
    } else this.#timer ??= setTimeout(() => this.leave(), this.options.graceMs)
  }
}
