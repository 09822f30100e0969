/** Cuts a file into passages at its headings and paragraphs, each short enough to be told beside others, with a little overlap. */

/** Characters. A passage closes at the first end of a block behind `FULL`, or before a heading once it has `WHOLE`. */
const FULL = 600
const WHOLE = 250
/** What the next passage repeats of the one before, so that a sentence that refers back is not alone. */
const OVERLAP = 120
const TRAIL_MAX = 160

export type Passage = {
  from: number
  to: number
  /** The headings above it, or a table's first line: what it would not be understood without. */
  under: string
}

type Block = { from: number; to: number; under: string; heading: boolean }

const HEADING = /^(#{1,6})\s+(\S.*)$/
const FENCE = /^\s*(```|~~~)/
/** From the best place to cut behind to the worst. */
const CUTS = [/\n/g, /[.!?。！？…]["'”’)\]]*(?=\s|$)|[。！？]/g, /[,;:、，；]/g, /\s/g]

export const isTable = (name: string): boolean => name.toLowerCase().endsWith('.csv')

/** The last cut in a stretch of the text, or its end; never inside of a character. */
function cutBefore(text: string, from: number, to: number): number {
  const stretch = text.slice(from, to)
  for (const cut of CUTS) {
    const last = [...stretch.matchAll(cut)].at(-1)
    if (last) return from + last.index + last[0].length
  }
  const code = text.charCodeAt(to - 1)
  return code >= 0xd800 && code < 0xdc00 ? to - 1 : to
}

function* pieces({ from, to, under, heading }: Block, text: string): Generator<Block> {
  let at = from
  while (to - at > 1.5 * FULL) {
    const cut = cutBefore(text, at + FULL / 2, at + FULL)
    yield { from: at, to: cut, under, heading: heading && at === from }
    at = cut
  }
  yield { from: at, to, under, heading: heading && at === from }
}

function* linesOf(text: string): Generator<{ from: number; to: number; line: string }> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    const to = end < 0 ? text.length : end + 1
    yield { from, to, line: text.slice(from, to).trimEnd() }
    from = to
  }
}

/** The headings that a line stands under, by their depth. */
class Trail {
  readonly #above: string[] = []

  take(depth: number, title: string): void {
    this.#above.length = Math.min(this.#above.length, depth - 1)
    this.#above[depth - 1] = title.replace(/\s*#+$/, '')
  }
  get text(): string {
    return this.#above.filter(Boolean).join(' › ').slice(0, TRAIL_MAX)
  }
}

function* blocksOf(text: string): Generator<Block> {
  const trail = new Trail()
  let block: Block | null = null
  let fenced = false
  for (const { from, to, line } of linesOf(text)) {
    const heading = fenced ? null : HEADING.exec(line)
    if (FENCE.test(line)) fenced = !fenced
    if (block && (heading || (line === '' && !fenced))) {
      yield block
      block = null
    }
    if (line === '') continue
    const began: Block = block ?? { from, to, under: trail.text, heading: heading !== null }
    block = { ...began, to }
    if (heading) trail.take(heading[1]?.length ?? 1, heading[2] ?? '')
  }
  if (block) yield block
}

function* rowsOf(text: string): Generator<Block> {
  let head = ''
  for (const { from, to, line } of linesOf(text)) {
    if (line === '') continue
    yield { from, to, under: head, heading: false }
    head ||= line.slice(0, TRAIL_MAX)
  }
}

/** Where the passage after one that ends at `to` begins: behind a cut in what it may repeat. */
function overlapFrom(text: string, { from, to }: Passage): number {
  const start = Math.max(from + 1, to - OVERLAP)
  const cut = cutBefore(text, start, to - 1)
  return cut < to - 1 ? cut : to
}

/** Every word of the text is in at least one passage; the same text is always cut the same way. */
export function* passagesOf(text: string, name: string): Generator<Passage> {
  const table = isTable(name)
  let open: Passage | null = null
  for (const whole of table ? rowsOf(text) : blocksOf(text)) {
    for (const { heading, ...next } of pieces(whole, text)) {
      const long: number = open ? open.to - open.from : 0
      if (open && (next.to - open.from > FULL || (heading && long >= WHOLE))) {
        yield open
        // A row repeats nothing; a section begins with its heading.
        const goesOn = !table && !heading
        open = goesOn ? { ...next, from: Math.min(next.from, overlapFrom(text, open)) } : next
      } else open = { ...(open ?? next), to: next.to }
    }
  }
  if (open) yield open
}
