/** Two texts line by line: which lines went, which came, and a few around them. */

export type DiffLine = { kind: 'same' | 'gone' | 'new' | 'gap'; text: string }

/** Above this a table of all pairs would be too large: the middle is then shown as replaced whole. */
const MAX_PAIRS = 4_000_000
const AROUND = 2

function commonLines(a: readonly string[], b: readonly string[]): DiffLine[] {
  const width = b.length + 1
  const longest = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i * width + j] =
        a[i] === b[j]
          ? (longest[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(longest[(i + 1) * width + j] ?? 0, longest[i * width + j + 1] ?? 0)
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    const [before, after] = [a[i], b[j]]
    if (before !== undefined && before === after) {
      lines.push({ kind: 'same', text: before })
      i++
      j++
    } else if (
      before !== undefined &&
      (after === undefined || (longest[(i + 1) * width + j] ?? 0) >= (longest[i * width + j + 1] ?? 0))
    ) {
      lines.push({ kind: 'gone', text: before })
      i++
    } else {
      lines.push({ kind: 'new', text: after ?? '' })
      j++
    }
  }
  return lines
}

const replaced = (a: readonly string[], b: readonly string[]): DiffLine[] => [
  ...a.map(text => ({ kind: 'gone' as const, text })),
  ...b.map(text => ({ kind: 'new' as const, text })),
]

/** Every line of both. */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = before.split('\n')
  const b = after.split('\n')
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const [middleA, middleB] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  const compare = middleA.length * middleB.length > MAX_PAIRS ? replaced : commonLines
  const same = (text: string): DiffLine => ({ kind: 'same', text })
  return [...a.slice(0, head).map(same), ...compare(middleA, middleB), ...a.slice(a.length - tail).map(same)]
}

/** The changes with a little around them; what is left out between is one gap. */
export function changesOf(lines: readonly DiffLine[]): DiffLine[] {
  const near = (at: number) =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind !== 'same')
  const shown: DiffLine[] = []
  for (const [at, line] of lines.entries()) {
    if (near(at)) shown.push(line)
    else if (shown.at(-1)?.kind !== 'gap') shown.push({ kind: 'gap', text: '…' })
  }
  return shown
}

/** A card as one reads it: each text under its field's name, its own lines kept. */
export function readableCard(kind: 'prompt' | 'chatbot', source: string): string {
  if (kind === 'prompt') return source
  const parsed: unknown = JSON.parse(source)
  const data = typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : {}
  return Object.entries(data ?? {})
    .filter(([, value]) => value !== '' && value !== undefined)
    .map(
      ([name, value]) => `[${name}]\n${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}`,
    )
    .join('\n')
}
