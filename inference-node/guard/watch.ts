/** One answer under guard: text that shares nothing with the secret flows at once, a suspicious run waits, a recital ends. */
import { FillerReader } from './fillers.ts'
import { type HiddenText, MAX_RECITED } from './hidden.ts'
import { JsonView } from './json-text.ts'
import { HolderMemory } from './memory.ts'
import { NOTHING_HELD, type View } from './view.ts'
import { LetterView, viewsOf } from './views.ts'

/** From this many letters on a shared run is more than chance, and waits until it ends. */
const HELD_LETTERS = 10
/** From this many on it counts against what the turn may have, and the holder over all turns. */
const COUNTED_LETTERS = 20
const COUNTED_ACROSS_TURNS = 14
const WORDS_KEPT = 160

type Reading = {
  /** The text is JSON: its keys, and its values, are also read without what stands between them. */
  json?: boolean
  /** Shared by all that one turn delivers. */
  recited?: Set<number>
}

/** The marks of JSON are no cipher, so only its values have to read like what the work declares. */
function jsonViews(hidden: HiddenText, views: View[]): View[] {
  const besides = () => [
    new LetterView(hidden.forward, { held: HELD_LETTERS, caught: MAX_RECITED + 1 }),
    ...viewsOf(hidden, { usual: null }),
  ]
  return [new JsonView('value', views), new JsonView('key', besides()), ...besides()]
}

export class GuardedAnswer {
  readonly #hidden: HiddenText
  readonly #memory: HolderMemory
  readonly #letters: LetterView
  readonly #fillers: FillerReader
  readonly #views: View[]
  /** Characters that are not delivered yet, and where they begin in the answer. */
  #waiting = ''
  #delivered = 0
  #at = 0
  #runLength = 0
  #runPlace = 0
  /** Places of the secret that went out in runs of this turn. */
  readonly #recited: Set<number>
  #caught = false

  constructor(
    hidden: HiddenText,
    memory: HolderMemory = new HolderMemory(),
    { json = false, recited = new Set() }: Reading = {},
  ) {
    this.#hidden = hidden
    this.#memory = memory
    this.#letters = new LetterView(hidden.forward, { held: HELD_LETTERS, caught: MAX_RECITED + 1 })
    this.#fillers = new FillerReader(hidden.words, memory.words)
    this.#recited = recited
    const views = [this.#letters, ...viewsOf(hidden, { reader: this.#fillers })]
    this.#views = json ? jsonViews(hidden, views) : views
  }

  /** Once true nothing more is delivered. */
  get caught(): boolean {
    return this.#caught
  }
  get waiting(): number {
    return this.#waiting.length
  }

  /** Takes the next piece of the answer and returns what may be delivered now. */
  push(piece: string): string {
    if (this.#caught) return ''
    this.#waiting += piece
    for (const point of piece) {
      this.#read(point)
      if (this.#caught) return ''
    }
    return this.#release(Math.min(...this.#views.map(view => view.heldFrom)))
  }

  /** The answer is over: what still waits goes out, unless it completes a recital. */
  end(): string {
    if (this.#caught) return ''
    for (const view of this.#views) view.end?.()
    this.#closeRun()
    this.#judge()
    if (this.#caught) return ''
    this.#memory.words = this.#fillers.words.slice(-WORDS_KEPT)
    return this.#release(NOTHING_HELD)
  }

  #read(point: string): void {
    for (const view of this.#views) view.push(point, this.#at)
    this.#at += point.length
    const { length, place } = this.#letters.run
    if (length < this.#runLength) this.#closeRun()
    this.#runLength = length
    this.#runPlace = place
    this.#judge()
  }

  /** A run that stays below the limit still counts, and several of them make a recital too. */
  #closeRun(): void {
    const [length, place] = [this.#runLength, this.#runPlace]
    this.#runLength = 0
    if (length < COUNTED_ACROSS_TURNS) return
    if (length >= COUNTED_LETTERS) for (let at = place - length + 1; at <= place; at++) this.#recited.add(at)
    if (
      this.#recited.size > MAX_RECITED ||
      this.#memory.wouldExceed(place, length, this.#hidden.letterCount)
    ) {
      this.#caught = true
    } else this.#memory.recite(place, length)
  }

  #judge(): void {
    if (this.#caught || this.#views.some(view => view.caught)) {
      this.#caught = true
      this.#waiting = ''
    }
  }

  #release(before: number): string {
    const count = Math.max(0, Math.min(before - this.#delivered, this.#waiting.length))
    const text = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    this.#delivered += count
    return text
  }
}
