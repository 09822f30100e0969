/** What a JSON text says without its marks: its keys or its values, escapes undone, as if they stood one after the other. */
import { NOTHING_HELD, type View } from './view.ts'

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: ' ', f: ' ' }
const HEX_DIGITS = 4

type Part = 'key' | 'value'
type Emit = (part: Part, point: string, at: number) => void

/** Reads JSON as it comes; what is not JSON is read as values. Between two keys, or two values, it says a line's end. */
class JsonText {
  readonly #emit: Emit
  readonly #open: string[] = []
  #key = false
  #string: Part | null = null
  #literal = false
  /** After a backslash; of `\u` the digits so far. */
  #escape: string | null = null

  constructor(emit: Emit) {
    this.#emit = emit
  }

  push(point: string, at: number): void {
    if (this.#string !== null) this.#inString(this.#string, point, at)
    else if (/[\s{}[\]:,"]/.test(point)) {
      if (this.#literal) this.#emit('value', '\n', at)
      this.#literal = false
      this.#mark(point)
    } else {
      this.#literal = true
      this.#emit('value', point, at)
    }
  }

  #mark(point: string): void {
    if (point === '{' || point === '[') this.#open.push(point)
    if (point === '}' || point === ']') this.#open.pop()
    if (point === '{' || point === ',') this.#key = this.#open.at(-1) === '{'
    if (point === ':' || point === '[') this.#key = false
    if (point === '"') this.#string = this.#key ? 'key' : 'value'
  }

  #inString(part: Part, point: string, at: number): void {
    if (this.#escape !== null) this.#escaped(part, this.#escape + point, at)
    else if (point === '\\') this.#escape = ''
    else if (point === '"') {
      this.#string = null
      this.#emit(part, '\n', at)
    } else this.#emit(part, point, at)
  }

  #escaped(part: Part, written: string, at: number): void {
    this.#escape = null
    if (!written.startsWith('u')) this.#emit(part, ESCAPES[written] ?? written, at)
    else if (written.length <= HEX_DIGITS) this.#escape = written
    else this.#emit(part, String.fromCharCode(Number.parseInt(written.slice(1), 16)), at)
  }
}

/** Other views, over the keys or over the values alone: no mark or key between them breaks what they look for. */
export class JsonView implements View {
  readonly #views: readonly View[]
  readonly #text: JsonText

  constructor(part: Part, views: readonly View[]) {
    this.#views = views
    this.#text = new JsonText((of, point, at) => {
      if (of === part) for (const view of views) view.push(point, at)
    })
  }

  get heldFrom(): number {
    return Math.min(NOTHING_HELD, ...this.#views.map(view => view.heldFrom))
  }
  get caught(): boolean {
    return this.#views.some(view => view.caught)
  }

  push(point: string, at: number): void {
    this.#text.push(point, at)
  }
  end(): void {
    for (const view of this.#views) view.end?.()
  }
}
