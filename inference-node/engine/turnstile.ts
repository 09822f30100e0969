/** How many turns run and how many wait, fairly by holder: beyond that a caller is told at once, not after its patience. */
import { Problem } from '@grimoire/schema/problem'

export type EnterAsk = {
  /** Whose turn it is: holders take turns, so that one who asks often does not crowd out the others. */
  holder?: string
  /** What it needs in the engine: a place that frees goes first to a turn that needs nothing loaded. */
  work?: string
  signal?: AbortSignal
  /** Told when the turn has to wait, and whenever it comes nearer: 1 is next. */
  onPosition?: (position: number) => void
}

type Place = EnterAsk & {
  enter(): void
  leave(error: Error): void
  /** Which of its holder's turns it is, counted so that an idle holder's next one is due with everybody's. */
  round: number
  /** How often a turn that came later went first. */
  passed: number
  position: number
}

/** So often a turn may be passed, for fairness or for what is loaded; then it is next. */
const MAX_PASSED = 8

export class Turnstile {
  readonly #places: number
  readonly #queue: number
  readonly #isLoaded: (work: string) => boolean
  #taken = 0
  /** In the order in which they came. */
  readonly #waiting: Place[] = []
  /** The last round of each holder who asked lately, and the one that was served last. */
  readonly #rounds = new Map<string, number>()
  #round = 0

  constructor(places: number, queue: number, isLoaded: (work: string) => boolean = () => true) {
    this.#places = places
    this.#queue = queue
    this.#isLoaded = isLoaded
  }

  get busy(): number {
    return this.#taken
  }
  get waiting(): number {
    return this.#waiting.length
  }

  /** Throws what `enter` would throw now: asked before a payer deposits for a place. */
  requireRoom(): void {
    if (this.#taken < this.#places || this.#waiting.length < this.#queue) return
    throw new Problem('node_busy', { got: `${this.#taken} running, ${this.#waiting.length} waiting` })
  }

  /** A place that nobody waits for: what is not paid never stands in a paying turn's way. */
  enterSpare(): () => void {
    if (this.#taken >= this.#places || this.#waiting.length > 0) {
      throw new Problem('node_busy', { got: `${this.#taken} running`, expected: 'an idle place' })
    }
    this.#taken++
    return this.#wayOut()
  }

  /** Resolves with the way out. Refused at once when the queue is full; leaves the queue when `signal` aborts. */
  async enter(ask: EnterAsk = {}): Promise<() => void> {
    if (this.#taken >= this.#places) {
      this.requireRoom()
      await this.#wait(ask)
    } else {
      this.#taken++
      this.#served(this.#roundFor(ask.holder))
    }
    return this.#wayOut()
  }

  #roundFor(holder: string | undefined): number {
    if (holder === undefined) return this.#round
    const round = Math.max(this.#round, (this.#rounds.get(holder) ?? 0) + 1)
    this.#rounds.set(holder, round)
    return round
  }

  #served(round: number): void {
    if (round <= this.#round) return
    this.#round = round
    for (const [holder, last] of this.#rounds) if (last < round) this.#rounds.delete(holder)
  }

  #wayOut(): () => void {
    let out = false
    return () => {
      if (out) return
      out = true
      const [next] = this.#order()
      if (!next) return void this.#taken--
      this.#remove(next)
      this.#served(next.round)
      next.enter()
      this.#sayPositions()
    }
  }

  /**
   * Holders take turns; of turns that are due alike, whoever's work is loaded goes first, then whoever came first.
   * Nobody is passed more often than `MAX_PASSED` times.
   */
  #order(): Place[] {
    const rank = ({ round, work, passed }: Place) =>
      passed >= MAX_PASSED ? [0, 0] : [1 + round, work === undefined || this.#isLoaded(work) ? 0 : 1]
    return this.#waiting
      .map(place => ({ place, rank: rank(place) }))
      .sort(({ rank: [a = 0, coldA = 0] }, { rank: [b = 0, coldB = 0] }) => a - b || coldA - coldB)
      .map(({ place }) => place)
  }

  #remove(place: Place): void {
    const at = this.#waiting.indexOf(place)
    for (const earlier of this.#waiting.slice(0, Math.max(0, at))) earlier.passed++
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  #wait(ask: EnterAsk): Promise<void> {
    return new Promise((enter, leave) => {
      const place = { ...ask, enter, leave, round: this.#roundFor(ask.holder), passed: 0, position: 0 }
      this.#waiting.push(place)
      this.#sayPositions()
      ask.signal?.addEventListener('abort', () => {
        this.#giveUp(place)
        leave(new Problem('timed_out', { detail: 'The caller left the queue.' }))
        this.#sayPositions()
      })
    })
  }

  /** Its holder's later turns move up: one that was given up costs nothing. */
  #giveUp(gone: Place): void {
    const at = this.#waiting.indexOf(gone)
    if (at < 0) return
    this.#waiting.splice(at, 1)
    const { holder } = gone
    if (holder === undefined) return
    for (const later of this.#waiting.slice(at)) if (later.holder === holder) later.round--
    this.#rounds.set(holder, (this.#rounds.get(holder) ?? 1) - 1)
  }

  #sayPositions(): void {
    for (const [at, place] of this.#order().entries()) {
      if (place.position === at + 1) continue
      place.position = at + 1
      place.onPosition?.(place.position)
    }
  }
}
