/**
 * How a misspelt word finds the right one without comparing it to all: both lose a letter or two, and where what is left
 * is the same, they are near. A word of four letters may hold one mistake, one of eight two; a swap of neighbours is one.
 */

/** Only the beginning is cut to pieces: it bounds how many a word has to 37. */
const PIECE_CHARS = 8

export function typosIn(word: string): 0 | 1 | 2 {
  const letters = [...word].length
  if (letters < 4) return 0
  return letters < 8 ? 1 : 2
}

/** The word's beginning with none, one or two of its letters taken out. */
export function piecesOf(word: string): string[] {
  const letters = [...word].slice(0, PIECE_CHARS)
  const pieces = new Set([letters.join('')])
  let last = [letters]
  for (let typos = typosIn(word); typos > 0; typos--) {
    last = last.flatMap(some => some.map((_, at) => some.toSpliced(at, 1)))
    for (const some of last) pieces.add(some.join(''))
  }
  return [...pieces]
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(from: string, to: string): number {
  const [a, b] = [[...from], [...to]]
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)]
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const edits = [cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + (same ? 0 : 1)]
      rows[i]?.push(Math.min(...edits, swapped ? cell(i - 2, j - 2) + 1 : a.length + b.length))
    }
  }
  return cell(a.length, b.length)
}
