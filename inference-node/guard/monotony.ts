/** Notices text that uses a handful of signs in no pattern: bits, strokes or taps, whatever they are written as. */

const WINDOW = 96
const MAX_DISTINCT = 5
/** A loop is a model that is stuck, not a message: it repeats itself at a short distance. */
const MAX_PERIOD = 12
const MAX_LOOPED_SHARE = 0.8

export class Monotony {
  #signs: string[] = []
  found = false

  push(sign: string): void {
    this.#signs.push(sign)
    if (this.#signs.length < WINDOW) return
    if (this.#signs.length > WINDOW) this.#signs.shift()
    if (new Set(this.#signs).size <= MAX_DISTINCT && !this.#loops()) this.found = true
  }

  #loops(): boolean {
    for (let period = 1; period <= MAX_PERIOD; period++) {
      let same = 0
      for (let at = period; at < WINDOW; at++) if (this.#signs[at] === this.#signs[at - period]) same++
      if (same >= (WINDOW - period) * MAX_LOOPED_SHARE) return true
    }
    return false
  }
}
