/** One turn under guard: what it says and what it calls; a call goes out whole, once all of it is cleared, or not at all. */
import type { HiddenText } from './hidden.ts'
import type { HolderMemory } from './memory.ts'
import { Quoted } from './quoted.ts'
import { GuardedAnswer } from './watch.ts'

type Call = { name: string; arguments: string }
export type Cleared<C> = { text: string; calls: C[] }

export class GuardedTurn<C extends Call> {
  readonly #said: GuardedAnswer | null
  readonly #called: GuardedAnswer | null
  readonly #quoted: Quoted
  #tooMuch = false
  /** Calls that wait, with the characters of each that are not cleared yet. */
  readonly #waiting: { call: C; left: number }[] = []

  /**
   * `json`: the answer itself is JSON. Without a hidden text everything flows; `quotable` is what it may quote a page of.
   */
  constructor(hidden: HiddenText | null, memory: HolderMemory, { json = false, quotable = '' } = {}) {
    const recited = new Set<number>()
    this.#said = hidden && new GuardedAnswer(hidden, memory, { json, recited })
    this.#called = hidden && new GuardedAnswer(hidden, memory, { json: true, recited })
    this.#quoted = new Quoted(quotable)
  }

  /** Once true nothing more is delivered. */
  get caught(): boolean {
    return (this.#said?.caught ?? false) || (this.#called?.caught ?? false)
  }

  /** It has quoted a page of the files: the same, but it is nobody's fault. */
  get quotedTooMuch(): boolean {
    return this.#tooMuch
  }

  get #over(): boolean {
    return this.caught || this.#tooMuch
  }

  #read(piece: string): void {
    if (!this.#over && !this.#quoted.allows(piece)) this.#tooMuch = true
  }

  say(piece: string): string {
    this.#read(piece)
    if (this.#over) return ''
    return this.#said ? this.#said.push(piece) : piece
  }

  /** Returns the calls that may go out now. */
  call(call: C): C[] {
    this.#read(call.arguments)
    if (this.#over) return []
    if (!this.#called) return [call]
    const text = `{${JSON.stringify(call.name)}:${call.arguments}}\n`
    this.#waiting.push({ call, left: text.length })
    return this.#cleared(this.#called.push(text).length)
  }

  end(): Cleared<C> {
    if (this.#over) return { text: '', calls: [] }
    const called = this.#called?.end().length ?? 0
    const text = this.#said?.end() ?? ''
    // Each side may be found out only now: then nothing of the other goes out either.
    return this.caught ? { text: '', calls: [] } : { text, calls: this.#cleared(called) }
  }

  #cleared(characters: number): C[] {
    const calls: C[] = []
    let left = characters
    for (;;) {
      const [next] = this.#waiting
      if (!next) return calls
      const taken = Math.min(next.left, left)
      next.left -= taken
      left -= taken
      if (next.left > 0) return calls
      calls.push(next.call)
      this.#waiting.shift()
    }
  }
}
