/** A stranger's title as it can be set: by which typeface each piece is drawn, and where its lines break. */
import { plain } from '@grimoire/schema/shown-text'

export type Run = { family: string; text: string }

const EMOJI = /\p{Emoji_Presentation}|\p{Extended_Pictographic}/u
const PICTURES = 'Noto Emoji'
const FAMILIES: [RegExp, string][] = [
  [/\p{Script=Arabic}/u, 'Noto Sans Arabic'],
  [/\p{Script=Hebrew}/u, 'Noto Sans Hebrew'],
  [EMOJI, PICTURES],
]
const BOOK = 'EB Garamond'
/** What the book's own typeface can set. */
const SET =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}0-9 \p{P}\p{Sc}\p{M}+<=>|~^`¬±×÷°©®¹²³¼½¾]+$/u
/** More marks on one letter are an attack on the line above. */
const MARKS = /(\p{M}{3})\p{M}+/gu
/** What joins or tints pictures: the drawing library loses a whole line over it, so the first picture stands alone. */
const JOINTS = /\u200d\p{Extended_Pictographic}\ufe0f?|\p{Emoji_Modifier}|[\ufe0e\ufe0f\u20e3]/gu
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

const familyOf = (grapheme: string): string | null =>
  FAMILIES.find(([pattern]) => pattern.test(grapheme))?.[1] ?? (SET.test(grapheme) ? BOOK : null)

const split = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment)

/** In one line, without what turns, hides or stacks up, and without what no typeface here can set. */
export function settable(text: string, most: number): string {
  const line = plain(text.normalize('NFKC'))
    .replace(/\s+/g, ' ')
    .replace(MARKS, '$1')
    .replace(JOINTS, '')
    .trim()
  const kept = split(line.slice(0, most * 8)).filter(grapheme => familyOf(grapheme) !== null)
  const shown = kept.slice(0, most).join('').replace(/ +/g, ' ').trim()
  return kept.length > most ? `${shown}…` : shown
}

export const withoutPictures = (text: string): string =>
  split(text)
    .filter(grapheme => !EMOJI.test(grapheme))
    .join('')
    .trim()

/** Neighbours of one typeface together, since letters join and marks lean on them. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = []
  for (const grapheme of split(text)) {
    const last = runs.at(-1)
    // A space or a comma joins what it stands behind: it would tear a right-to-left phrase apart.
    const joins = last && last.family !== PICTURES && /^[\s\p{P}]$/u.test(grapheme)
    const family = joins ? last.family : (familyOf(grapheme) ?? BOOK)
    if (last?.family === family) last.text += grapheme
    else runs.push({ family, text: grapheme })
  }
  return runs
}

/** Widths in halves of a usual letter: enough to break lines evenly; the block is measured and fitted afterwards. */
function widthOf(text: string): number {
  let width = 0
  for (const grapheme of split(text))
    width += /^[iljtfrI.,;:'!| ]/.test(grapheme)
      ? 1.2
      : EMOJI.test(grapheme)
        ? 4.4
        : /^[mwMW\p{Lu}]/u.test(grapheme)
          ? 3
          : 2
  return width
}

/** Breaks at spaces, and within a word only where it is longer than a line; what is left over ends in an ellipsis. */
export function linesOf(text: string, widest: number, most: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ').flatMap(word => pieces(word, widest))) {
    const longer = line ? `${line} ${word}` : word
    if (line && widthOf(longer) > widest) {
      lines.push(line)
      line = word
    } else line = longer
  }
  if (line) lines.push(line)
  const shown = lines.slice(0, most)
  if (lines.length > most) shown[most - 1] = `${shown[most - 1]?.replace(/…$/, '')}…`
  return shown
}

function pieces(word: string, widest: number): string[] {
  if (widthOf(word) <= widest) return [word]
  const parts: string[] = ['']
  for (const grapheme of split(word)) {
    const last = parts.at(-1) ?? ''
    if (widthOf(last + grapheme) > widest) parts.push(grapheme)
    else parts[parts.length - 1] = last + grapheme
  }
  return parts
}
