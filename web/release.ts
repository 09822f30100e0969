/** The page as a release: a list of its files by hash, whose own hash is the one to publish. `sha256sum -c` can check it. */
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export const LIST = 'release.txt'
/** Written by whoever serves the page, so it is no part of what is released. */
const PLACE = 'edge.json'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** What stands in a folder with a page in it, in the form and the order of `sha256sum`. */
export function listFiles(folder: string): string {
  const files = globSync('**/*', { cwd: folder, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter(file => file !== LIST && file !== PLACE)
    .sort()
  return files.map(file => `${sha256(readFileSync(join(folder, file)))}  ${file}\n`).join('')
}

/** Writes the list into the folder, and answers the hash of the release. */
export function writeRelease(folder: string): string {
  const list = listFiles(folder)
  writeFileSync(join(folder, LIST), list)
  return sha256(Buffer.from(list))
}
