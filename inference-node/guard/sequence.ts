/** Finds, symbol by symbol, how long the newest part of a stream runs along a hidden sequence. */

/** Candidates that are followed at once: a passage that repeats itself would otherwise make ever more. */
const MAX_FOLLOWED = 24

const mix = (hash: number, value: number) => Math.imul(hash ^ value, 0x0100_0193) ^ (hash >>> 13)

export class SequenceIndex {
  readonly values: Int32Array
  readonly gram: number
  readonly #heads = new Map<number, number>()
  readonly #older: Int32Array

  /** `gram` symbols have to agree before a place is followed at all. */
  constructor(values: Iterable<number>, gram: number) {
    this.values = Int32Array.from(values)
    this.gram = gram
    this.#older = new Int32Array(this.values.length).fill(-1)
    for (let end = gram - 1; end < this.values.length; end++) {
      const hash = this.#hash(this.values, end)
      this.#older[end] = this.#heads.get(hash) ?? -1
      this.#heads.set(hash, end)
    }
  }

  #hash(values: ArrayLike<number>, end: number): number {
    let hash = 0x811c_9dc5
    for (let at = end - this.gram + 1; at <= end; at++) hash = mix(hash, values[at] ?? 0)
    return hash
  }

  /** The places where the last `gram` symbols of `values` end in the sequence, newest first. */
  placesOf(values: readonly number[]): number[] {
    const last = values.length - 1
    const places: number[] = []
    let place = this.#heads.get(this.#hash(values, last)) ?? -1
    for (; place >= 0 && places.length < MAX_FOLLOWED; place = this.#older[place] ?? -1) {
      if (this.#agrees(values, last, place)) places.push(place)
    }
    return places
  }

  #agrees(values: readonly number[], last: number, place: number): boolean {
    for (let back = 0; back < this.gram; back++) {
      if (values[last - back] !== this.values[place - back]) return false
    }
    return true
  }
}

type Followed = { place: number; length: number }

/** One stream against one index. `from` says where in the stream's text the run began. */
export class Run {
  readonly #index: SequenceIndex
  #recent: number[] = []
  #origins: number[] = []
  #followed: Followed[] = []
  length = 0
  /** Where the run ends in the hidden sequence. */
  place = -1

  constructor(index: SequenceIndex) {
    this.#index = index
  }

  /** The origin of the symbol with which the run began. */
  get from(): number {
    return this.#origins[this.#origins.length - this.length] ?? 0
  }

  push(symbol: number, origin: number): void {
    const { gram, values } = this.#index
    this.#recent.push(symbol)
    this.#origins.push(origin)
    const next: Followed[] = []
    for (const { place, length } of this.#followed) {
      if (values[place + 1] === symbol) next.push({ place: place + 1, length: length + 1 })
    }
    if (this.#recent.length >= gram && next.length < MAX_FOLLOWED) {
      for (const place of this.#index.placesOf(this.#recent)) {
        if (!next.some(known => known.place === place)) next.push({ place, length: gram })
      }
    }
    this.#followed = next
    const longest = next.reduce<Followed | null>(
      (best, one) => (best && best.length >= one.length ? best : one),
      null,
    )
    this.length = longest?.length ?? 0
    this.place = longest?.place ?? -1
    this.#trim()
  }

  /** Only what a run may still reach back to is kept. */
  #trim(): void {
    const keep = Math.max(this.length, this.#index.gram)
    if (this.#recent.length < keep + 1_024) return
    this.#recent = this.#recent.slice(-keep)
    this.#origins = this.#origins.slice(-keep)
  }
}

export const codesOf = (text: string): number[] => [...text].map(point => point.codePointAt(0) ?? 0)
