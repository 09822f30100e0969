/** Seeded chance, so that a trial is the same on every machine and every run. */

export type Chance = {
  below(limit: number): number
  pick<T>(values: readonly T[]): T
  /** `count` different values, in a new order. */
  some<T>(values: readonly T[], count: number): T[]
}

export function chance(seed: number): Chance {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x9e37_79b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  const pick = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)]
    if (value === undefined) throw new RangeError('nothing to pick from')
    return value
  }
  const some = <T>(values: readonly T[], count: number): T[] => {
    const left = [...values]
    return Array.from(
      { length: Math.min(count, left.length) },
      () => left.splice(below(left.length), 1)[0] as T,
    ) // Safety: below() is within.
  }
  return { below, pick, some }
}
