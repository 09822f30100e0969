/** A file without a name: what has to reach llama.cpp as a path, while no directory ever shows it for longer than an open. */
import { randomBytes } from 'node:crypto'
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'

/**
 * Memory-backed (`/dev/shm`), readable by this user alone, and unlinked before the first byte is written: a crash at
 * any moment leaves nothing behind. The returned path lives as long as the descriptor.
 */
export function unlinkedFile(bytes: Uint8Array): { path: string; close(): void } {
  const name = `/dev/shm/grimoire-${randomBytes(16).toString('hex')}`
  const fd = openSync(name, 'wx+', 0o600)
  unlinkSync(name)
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at)
  return { path: `/proc/self/fd/${fd}`, close: () => closeSync(fd) }
}
