/** A work's knowledge files: which files a creator may add, the form in which one is sealed, and the limits of both. */
import { MEDIA_TYPES } from './manifest.ts'
import { Problem } from './problem.ts'
import { plain } from './shown-text.ts'

export const KNOWLEDGE_MAX_FILES = 20
export const KNOWLEDGE_FILE_MAX_BYTES = 512 * 1024
/** Of all files of a work: a node holds an index of every word of them while the work is open. */
export const KNOWLEDGE_MAX_BYTES = 2 * 1024 * 1024
export const KNOWLEDGE_ENDINGS = ['.txt', '.md', '.markdown', '.json', '.csv'] as const

const NAME_MAX_CHARACTERS = 80
/** In the form that is sealed: with its name, of at most four bytes a character, on a line of its own. */
export const KNOWLEDGE_PART_MAX_BYTES = KNOWLEDGE_FILE_MAX_BYTES + 4 * NAME_MAX_CHARACTERS + 1
/** Marks of a binary file: no text has them. */
const BINARY = /[\p{Cc}--[\s\u{80}-\u{9f}]]/v

/** A file as its creator wrote it. Both are sealed: of a file the public sees the size. */
export type KnowledgeFile = { name: string; text: string }

type Refused = 'knowledge_unfit' | 'knowledge_invalid'

const encoder = new TextEncoder()

/** The last part of a path, on one line, without marks that turn or hide text; its ending stays when it is cut. */
export function knowledgeName(given: string): string {
  const [name = ''] = given.normalize('NFC').split(/[/\\]/).slice(-1)
  const shown = plain(name).replace(/\s+/g, ' ').trim()
  const points = [...shown]
  if (points.length <= NAME_MAX_CHARACTERS) return shown
  const ending = endingOf(shown)
  return points.slice(0, NAME_MAX_CHARACTERS - ending.length).join('') + ending
}

const endingOf = (name: string): string =>
  KNOWLEDGE_ENDINGS.find(ending => name.toLowerCase().endsWith(ending)) ?? ''

function requireName(name: string, code: Refused): void {
  const ending = endingOf(name)
  if (ending !== '' && name.length > ending.length && knowledgeName(name) === name) return
  throw new Problem(code, {
    got: name.slice(0, 120),
    expected: `a name that ends in ${KNOWLEDGE_ENDINGS.join(', ')}`,
  })
}

function textOf(name: string, bytes: Uint8Array, code: Refused): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Problem(code, { got: name, expected: 'text in UTF-8', cause })
  }
  if (BINARY.test(text))
    throw new Problem(code, { got: `${name}, with marks of a binary file`, expected: 'text' })
  if (text.trim() === '') throw new Problem(code, { got: `${name}, which is empty`, expected: 'text' })
  return text
}

function requireSize(name: string, sizeBytes: number, code: Refused): void {
  if (sizeBytes <= KNOWLEDGE_FILE_MAX_BYTES) return
  const expected = `at most ${KNOWLEDGE_FILE_MAX_BYTES} bytes in one file`
  throw new Problem(code, { got: `${name}, ${sizeBytes} bytes`, expected })
}

/** A file of this device, once it is one that a work can have; line ends and a byte order mark are made alike. */
export function readKnowledgeFile(given: string, bytes: Uint8Array): KnowledgeFile {
  const code = 'knowledge_unfit'
  const name = knowledgeName(given)
  requireName(name, code)
  requireSize(name, bytes.length, code)
  return { name, text: textOf(name, bytes, code).replaceAll(/\r\n?/g, '\n') }
}

/** In the form that is sealed: the name on a line of its own, then the text as it is. */
export const sealedKnowledge = ({ name, text }: KnowledgeFile): Uint8Array<ArrayBuffer> =>
  encoder.encode(`${name}\n${text}`)

/** Reads that form. Where it is anything else, only the creator can mend it. `part` says which one it is. */
export function openKnowledge(part: string, bytes: Uint8Array): KnowledgeFile {
  const code = 'knowledge_invalid'
  const end = bytes.subarray(0, KNOWLEDGE_PART_MAX_BYTES - KNOWLEDGE_FILE_MAX_BYTES).indexOf(10)
  if (end < 1) throw new Problem(code, { got: part, expected: 'the name of the file on its first line' })
  const name = textOf(part, bytes.subarray(0, end), code)
  requireName(name, code)
  requireSize(part, bytes.length - end - 1, code)
  return { name, text: textOf(part, bytes.subarray(end + 1), code) }
}

/** A part in that form. Of another media type it may have any bytes: it is carried, and nobody is told of it. */
export const isKnowledge = ({ role, mediaType }: { role: string; mediaType: string }): boolean =>
  role === 'knowledge' && mediaType === MEDIA_TYPES.knowledge

/** All files of a work together, by what is known of them: before they are sealed, and before a node fetches one. */
export function requireKnowledge(sizesBytes: readonly number[], code: Refused | 'manifest_invalid'): void {
  const param = 'knowledge'
  if (sizesBytes.length > KNOWLEDGE_MAX_FILES) {
    const expected = `at most ${KNOWLEDGE_MAX_FILES} files`
    throw new Problem(code, { param, got: `${sizesBytes.length} files`, expected })
  }
  const sum = sizesBytes.reduce((all, size) => all + size, 0)
  // A sealed file also has its name.
  const most = KNOWLEDGE_MAX_BYTES + sizesBytes.length * (KNOWLEDGE_PART_MAX_BYTES - KNOWLEDGE_FILE_MAX_BYTES)
  if (sum > most) {
    throw new Problem(code, {
      param,
      got: `${sum} bytes`,
      expected: `at most ${KNOWLEDGE_MAX_BYTES} bytes in all`,
    })
  }
}

/** Two files of one name could not be told apart where one of them is quoted. */
function requireOwnNames(files: readonly KnowledgeFile[]): void {
  const names = files.map(({ name }) => name.toLowerCase())
  const twice = files.find(({ name }, at) => names.indexOf(name.toLowerCase()) < at)
  if (twice) throw new Problem('knowledge_unfit', { got: `two files called ${twice.name}`, expected: 'one' })
}

/** The parts to be sealed, in the order of the files. Their public names say nothing but that order. */
export function knowledgeParts(files: readonly KnowledgeFile[]) {
  const parts = files.map((file, at) => {
    requireName(file.name, 'knowledge_unfit')
    const bytes = sealedKnowledge(file)
    openKnowledgeAs('knowledge_unfit', file, bytes)
    return {
      role: 'knowledge' as const,
      name: `knowledge-${at + 1}`,
      mediaType: MEDIA_TYPES.knowledge,
      bytes,
    }
  })
  requireOwnNames(files)
  requireKnowledge(
    parts.map(({ bytes }) => bytes.length),
    'knowledge_unfit',
  )
  return parts
}

function openKnowledgeAs(code: Refused, { name }: KnowledgeFile, bytes: Uint8Array): void {
  try {
    openKnowledge(name, bytes)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { got, expected } = error.details
    throw new Problem(code, { got, expected, cause: error })
  }
}
