/** Where plain text could be left: files, and the memory of a process as the kernel shows it. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** How a text may stand in memory: UTF-8, or V8's two bytes for a character. */
const formsOf = (text: string) => [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]

/** Which of the texts stand in the bytes. All of them begin with `prefix`, which nothing else does. */
export function textsIn(bytes: Buffer, prefix: string, length: number): Set<string> {
  const found = new Set<string>()
  for (const [width, form] of formsOf(prefix).entries()) {
    for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + 1)) {
      const end = at + length * (width + 1)
      found.add(bytes.toString(width === 0 ? 'latin1' : 'utf16le', at, end))
    }
  }
  return found
}

export function filesUnder(path: string): string[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return files.map(file => join(file.parentPath, file.name))
}

/** Others' files may go away while they are read; whatever is still there is searched. */
function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

export const textsInFiles = (paths: readonly string[], prefix: string, length: number): Set<string> =>
  new Set(paths.flatMap(path => [...textsIn(contentOf(path), prefix, length)]))

const PIECE_BYTES = 8 * 1024 * 1024

/** Every page that a process can write to and that no file stands behind; null where the kernel does not let us look. */
export function* writableMemory(pid: number): Generator<Buffer> {
  const maps = readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    for (const line of maps) {
      const [, from, to, rights, name] = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \S+ *(.*)$/.exec(line) ?? []
      if (!from || !to || !rights?.startsWith('rw')) continue
      if (name?.startsWith('/') && !name.includes('(deleted)')) continue
      yield* piecesOf(memory, BigInt(`0x${from}`), BigInt(`0x${to}`))
    }
  } finally {
    closeSync(memory)
  }
}

/** Pieces overlap, so that no text is cut in two. */
function* piecesOf(memory: number, from: bigint, to: bigint): Generator<Buffer> {
  const overlap = 256n
  for (let at = from; at < to; at += BigInt(PIECE_BYTES) - overlap) {
    const length = Number(to - at < BigInt(PIECE_BYTES) ? to - at : BigInt(PIECE_BYTES))
    const piece = Buffer.allocUnsafeSlow(length)
    try {
      yield piece.subarray(0, readSync(memory, piece, 0, length, at))
    } catch {
      // A page that went away, or one of the kernel's own.
    }
  }
}

export function textsInMemory(pid: number, prefix: string, length: number): Set<string> {
  const found = new Set<string>()
  for (const piece of writableMemory(pid)) for (const text of textsIn(piece, prefix, length)) found.add(text)
  return found
}

/** Whether this user may read that process's memory: a hardened kernel says no even to a parent. */
export function canReadMemory(pid: number): boolean {
  try {
    closeSync(openSync(`/proc/${pid}/mem`, 'r'))
    return true
  } catch {
    return false
  }
}
