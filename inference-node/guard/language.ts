/** How surprising a character is in an ordinary answer of a declared kind, from counts of our own prose. */
import { BENIGN } from './generated/benign.ts'
import { SYMBOL_COUNT, SYMBOLS } from './symbols.ts'

export type TableName = keyof typeof BENIGN

const tables = new Map<TableName, Float32Array>()

/** Bits of each third symbol after two others, smoothed by Witten and Bell's rule down to an even guess. */
export function surpriseTable(name: TableName): Float32Array {
  const known = tables.get(name)
  if (known) return known
  const table = smoothed(countsOf(BENIGN[name]))
  tables.set(name, table)
  return table
}

export const trigramAt = (a: number, b: number, c: number): number =>
  (a * SYMBOL_COUNT + b) * SYMBOL_COUNT + c

function countsOf(text: string): Float32Array {
  const counts = new Float32Array(SYMBOL_COUNT ** 3)
  for (const group of text.split('|')) {
    const [count = '0', trigrams = ''] = group.split(':')
    for (let at = 0; at + 3 <= trigrams.length; at += 3) {
      const [a, b, c] = [...trigrams.slice(at, at + 3)].map(symbol => SYMBOLS.indexOf(symbol))
      counts[trigramAt(a ?? 0, b ?? 0, c ?? 0)] = Number(count)
    }
  }
  return counts
}

/** The last symbol's probability after a context, mixed with that of a shorter context. */
function mixed(row: Float32Array, shorter: Float32Array): Float32Array {
  const total = row.reduce((sum, count) => sum + count, 0)
  const kinds = row.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0)
  if (total === 0) return shorter
  return row.map((count, at) => (count + kinds * (shorter[at] ?? 0)) / (total + kinds))
}

function smoothed(counts: Float32Array): Float32Array {
  const size = SYMBOL_COUNT
  const even = new Float32Array(size).fill(1 / size)
  const single = new Float32Array(size)
  const pairs = Array.from({ length: size }, () => new Float32Array(size))
  counts.forEach((count, at) => {
    const [last, middle] = [at % size, Math.floor(at / size) % size]
    single[last] = (single[last] ?? 0) + count
    const pair = pairs[middle]
    if (pair) pair[last] = (pair[last] ?? 0) + count
  })
  const base = mixed(single, even)
  const afterOne = pairs.map(pair => mixed(pair, base))
  const bits = new Float32Array(counts.length)
  for (let context = 0; context < size * size; context++) {
    const row = counts.subarray(context * size, (context + 1) * size)
    const likely = mixed(row, afterOne[context % size] ?? base)
    likely.forEach((share, last) => {
      bits[context * size + last] = -Math.log2(share)
    })
  }
  return bits
}
