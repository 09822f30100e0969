/** Taking a character card of versions 1 to 3 as this market keeps it, with a list of what could not be taken. */
import { CARD_MAX_BYTES, type CharacterCard, parseCard } from './card.ts'
import { Problem } from './problem.ts'
import { isRecord } from './record.ts'

/** A card as its file has it: fields that no chat reads are kept, and go out again with the next export. */
export type CardData = CharacterCard['data'] & Record<string, unknown>

export type Taken<T> = { taken: T; left: string[] }

type Row = Record<string, unknown>

/** What a chat here fills in; any other macro of a front end stands as it is written. */
const KNOWN_MACROS = new Set(['char', 'user', 'original'])
const MAX_NAMED = 8

export function importCard(source: string): Taken<CardData> {
  const found = dataOf(jsonOf(source))
  const left: string[] = []
  const data: Row = { ...found, ...withoutStrangeParts(found, left) }
  noteMacros(data, left)
  return { taken: checkedImport(data), left }
}

/** What the checks refuse is here the fault of a file, not of a sealed work. */
export function checkedImport(data: Row): CardData {
  try {
    return checkedData(data)
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause
    throw new Problem('import_invalid', { expected: cause.details.expected, cause })
  }
}

/** The same checks that a node makes, before anything is sealed. */
export function checkedData(data: Row): CardData {
  const { data: checked } = parseCard(cardSource(data))
  return { ...data, ...checked, ...kept(data) }
}

/** Both are objects of which a chat reads a part: what it does not read stays. */
const kept = ({ extensions, character_book: book }: Row): Row => ({
  ...(isRecord(extensions) ? { extensions } : {}),
  ...(isRecord(book) ? { character_book: book } : {}),
})

/** The sealed text: the card as JSON in version 3. */
export const cardSource = (data: Row): string =>
  JSON.stringify(
    { spec: 'chara_card_v3', spec_version: '3.0', data: { group_only_greetings: [], ...data } },
    null,
    2,
  )

function jsonOf(source: string): Row {
  if (source.length > CARD_MAX_BYTES)
    throw new Problem('import_invalid', {
      got: `${source.length} characters`,
      expected: `at most ${CARD_MAX_BYTES}`,
    })
  try {
    const value: unknown = JSON.parse(source)
    if (isRecord(value)) return value
  } catch (cause) {
    throw new Problem('import_invalid', {
      got: 'a text that is no JSON',
      expected: 'a character card',
      cause,
    })
  }
  throw new Problem('import_invalid', {
    got: 'JSON that is no object',
    expected: 'a character card of version 1, 2 or 3',
  })
}

/** Version 1 has its fields at the top; a version after 3 is read as 3, for its makers promise that this works. */
function dataOf(card: Row): Row {
  const { spec, data } = card
  if ((spec === 'chara_card_v2' || spec === 'chara_card_v3') && isRecord(data)) return data
  if (spec === undefined && typeof card.name === 'string') return card
  throw new Problem('import_invalid', {
    got: spec === undefined ? 'JSON without `spec` and `name`' : { spec },
    expected: 'a character card of version 1, 2 or 3',
  })
}

function withoutStrangeParts(data: Row, left: string[]): Row {
  return {
    // Pictures and sounds are files elsewhere: nothing is fetched that a card names.
    ...without(data, 'assets', isFull, 'assets: pictures and sounds that a card names are not fetched', left),
    ...bookOf(data, left),
    ...extensionsOf(data, left),
  }
}

const isFull = (value: unknown): boolean => Array.isArray(value) && value.length > 0

function without(
  data: Row,
  name: string,
  test: (value: unknown) => boolean,
  note: string,
  left: string[],
): Row {
  if (!test(data[name])) return {}
  left.push(note)
  return { [name]: undefined }
}

/** Settings of ours that another hand has bent are dropped; those of other programs are only carried. */
function extensionsOf({ extensions }: Row, left: string[]): Row {
  if (extensions === undefined) return {}
  if (!isRecord(extensions)) {
    left.push('extensions: not an object')
    return { extensions: undefined }
  }
  const { grimoire, ...others } = extensions
  const names = Object.keys(others)
  if (names.length > 0) left.push(`extensions kept, and not acted on: ${named(names)}`)
  if (grimoire === undefined || settingsFit(grimoire)) return { extensions }
  left.push('extensions.grimoire: settings outside of their bounds')
  return { extensions: others }
}

function settingsFit(grimoire: unknown): boolean {
  try {
    parseCard(cardSource({ name: 'x', extensions: { grimoire } }))
    return true
  } catch {
    // Whatever is wrong with them, they are left out and named.
    return false
  }
}

const named = (names: readonly string[]): string => {
  const shown = names.slice(0, MAX_NAMED).map(name => name.slice(0, 60))
  return shown.join(', ') + (names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '')
}

function bookOf({ character_book: book }: Row, left: string[]): Row {
  if (book === undefined || book === null) return { character_book: undefined }
  if (!isRecord(book) || !Array.isArray(book.entries)) {
    left.push('character_book: not a lorebook')
    return { character_book: undefined }
  }
  const entries = book.entries.flatMap((entry: unknown, index) => entryOf(entry, index, left))
  const depth = book.scan_depth
  const fits = typeof depth === 'number' && Number.isInteger(depth) && depth >= 0 && depth <= 100
  if (depth !== undefined && !fits) left.push('character_book.scan_depth: outside of 0 to 100')
  if (book.recursive_scanning === true) left.push('character_book: entries do not call one another here')
  return { character_book: { ...book, entries, scan_depth: fits ? depth : undefined } }
}

/** A pattern may hang whoever runs it, so an entry that has one is left out whole and named. */
function entryOf(entry: unknown, index: number, left: string[]): Row[] {
  const at = `lorebook entry ${index + 1}`
  if (!isRecord(entry) || typeof entry.content !== 'string' || !Array.isArray(entry.keys)) {
    left.push(`${at}: no keys and text`)
    return []
  }
  const patterned = entry.use_regex === true
  const slashed = entry.keys.some((key: unknown) => typeof key === 'string' && /^\/.+\/[a-z]*$/s.test(key))
  if (patterned || slashed) {
    left.push(`${at}: its keys are patterns, which no node runs`)
    return []
  }
  if (entry.content.startsWith('@@')) left.push(`${at}: its @@ lines stand as text`)
  if (isFull(entry.secondary_keys) && entry.selective === true)
    left.push(`${at}: a second list of keys is not asked for`)
  const { enabled, insertion_order: order } = entry
  return [
    {
      ...entry,
      use_regex: false,
      enabled: enabled !== false,
      insertion_order: typeof order === 'number' ? order : index,
    },
  ]
}

function noteMacros(data: Row, left: string[]): void {
  const text = JSON.stringify(data)
  const found = new Set(
    Array.from(text.matchAll(/\{\{([a-z_]{1,24})/gi), ([, name = '']) => name.toLowerCase()),
  )
  const strange = [...found].filter(name => !KNOWN_MACROS.has(name))
  if (strange.length > 0) left.push(`macros that stand as text: ${named(strange)}`)
}

/** Version 2, for programs that read no later one. */
export const cardSourceV2 = (data: Row): string =>
  JSON.stringify({ spec: 'chara_card_v2', spec_version: '2.0', data }, null, 2)
