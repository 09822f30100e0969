/** Character cards in pictures: a PNG's text chunks `ccv3` and `chara`, read within bounds, written anew. */
import { CARD_MAX_BYTES } from './card.ts'
import { Problem } from './problem.ts'

export const PICTURE_MAX_BYTES = 16 * 1024 * 1024
/** Base64 of the largest card. */
const TEXT_MAX_BYTES = Math.ceil(CARD_MAX_BYTES / 3) * 4 * 2

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const KEYS = ['ccv3', 'chara']
const latin1 = new TextDecoder('latin1')
const ascii = new TextEncoder()

type Chunk = { type: string; data: Uint8Array<ArrayBuffer>; whole: Uint8Array<ArrayBuffer> }

const refuse = (got: string, expected: string, cause?: unknown) =>
  new Problem('import_invalid', { got, expected, ...(cause === undefined ? {} : { cause }) })

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, index) => bytes[index] === byte)

function chunksOf(bytes: Uint8Array<ArrayBuffer>): Chunk[] {
  if (bytes.length > PICTURE_MAX_BYTES)
    throw refuse(`${bytes.length} bytes`, `a picture of at most ${PICTURE_MAX_BYTES}`)
  if (!isPng(bytes)) throw refuse('a file that does not begin as PNG does', 'a PNG')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const chunks: Chunk[] = []
  let at = SIGNATURE.length
  while (at < bytes.length) {
    if (at + 12 > bytes.length) throw refuse(`a PNG that breaks off at byte ${at}`, 'a whole PNG')
    const length = view.getUint32(at)
    const end = at + 12 + length
    if (end > bytes.length) throw refuse(`a PNG that breaks off at byte ${at}`, 'a whole PNG')
    const type = latin1.decode(bytes.subarray(at + 4, at + 8))
    chunks.push({ type, data: bytes.subarray(at + 8, at + 8 + length), whole: bytes.subarray(at, end) })
    at = end
    if (type === 'IEND') break
  }
  return chunks
}

/** Where a zero byte ends the text that begins here. */
function endOf(data: Uint8Array, from: number): number {
  const end = data.indexOf(0, from)
  return end < 0 ? data.length : end
}

/** A few kilobytes may unpack to gigabytes: reading stops at the bound. */
async function inflate(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const reader = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate')).getReader()
  const whole = new Uint8Array(TEXT_MAX_BYTES)
  let size = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return whole.slice(0, size)
      if (size + value.length > whole.length)
        throw refuse('a packed text without end', `at most ${TEXT_MAX_BYTES} bytes`)
      whole.set(value, size)
      size += value.length
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined) // It is left either way; the reason is the first error.
    throw error instanceof Problem
      ? error
      : refuse('a packed text that cannot be unpacked', 'a whole PNG', error)
  }
}

async function textOf({ type, data }: Chunk): Promise<{ key: string; text: string } | null> {
  const keyEnd = endOf(data, 0)
  const key = latin1.decode(data.subarray(0, keyEnd)).toLowerCase()
  if (!KEYS.includes(key)) return null
  const rest = data.subarray(keyEnd + 1)
  if (type === 'tEXt') return { key, text: latin1.decode(rest) }
  if (type === 'zTXt') return { key, text: latin1.decode(await inflate(rest.subarray(1))) }
  const [packed] = rest
  const text = rest.subarray(endOf(rest, endOf(rest, 2) + 1) + 1)
  return { key, text: latin1.decode(packed === 1 ? await inflate(text) : text) }
}

function fromBase64(text: string): string {
  if (text.length > TEXT_MAX_BYTES)
    throw refuse(`a card of ${text.length} characters`, `at most ${TEXT_MAX_BYTES}`)
  try {
    const binary = atob(text.trim())
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, one => one.charCodeAt(0)))
  } catch (cause) {
    throw refuse('a text chunk that is not base64 of UTF-8', 'a character card in a PNG', cause)
  }
}

/** The card's JSON; `ccv3` goes before `chara`, as its specification says. */
export async function readCardPng(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const found = new Map<string, string>()
  for (const chunk of chunksOf(bytes)) {
    if (!['tEXt', 'iTXt', 'zTXt'].includes(chunk.type)) continue
    const text = await textOf(chunk)
    if (text && !found.has(text.key)) found.set(text.key, text.text)
  }
  const text = found.get('ccv3') ?? found.get('chara')
  if (!text) throw refuse('a picture with no card in it', 'a PNG with a `ccv3` or `chara` text')
  return fromBase64(text)
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function textChunk(key: string, json: string): Uint8Array<ArrayBuffer> {
  let binary = ''
  for (const byte of ascii.encode(json)) binary += String.fromCharCode(byte)
  const body = ascii.encode(`tEXt${key}\0${btoa(binary)}`)
  const chunk = new Uint8Array(body.length + 8)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, body.length - 4)
  chunk.set(body, 4)
  view.setUint32(body.length + 4, crc32(body))
  return chunk
}

const isCard = ({ type, data }: Chunk): boolean =>
  ['tEXt', 'iTXt', 'zTXt'].includes(type) &&
  KEYS.includes(latin1.decode(data.subarray(0, endOf(data, 0))).toLowerCase())

/** The picture with these cards in it, and no other. */
export function writeCardPng(
  picture: Uint8Array<ArrayBuffer>,
  cards: { ccv3: string; chara: string },
): Uint8Array<ArrayBuffer> {
  const chunks = chunksOf(picture).filter(chunk => !isCard(chunk))
  const added = Object.entries(cards).map(([key, json]) => textChunk(key, json))
  const end = chunks.findIndex(({ type }) => type === 'IEND')
  const before = chunks.slice(0, end < 0 ? undefined : end).map(({ whole }) => whole)
  const after = end < 0 ? [] : chunks.slice(end).map(({ whole }) => whole)
  const parts = [Uint8Array.from(SIGNATURE), ...before, ...added, ...after]
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
