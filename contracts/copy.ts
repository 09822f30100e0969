/** A copy of the ledger that proofs may break or compile otherwise: the working tree and its builds stay as they are. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './sources.ts'

/** Arguments of forge that leave out tests of cost and size, which belong to the code that ships. */
export const BEHAVIOUR = [
  '--no-match-path',
  'test/{Gas*,GateCost*,Sizes*}',
  '--no-match-test',
  'fits_the_code_size_limit',
]

export type Copy = { path: string; close: () => void }

export function openCopy(): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-contracts-'))
  const path = join(folder, 'contracts')
  const wanted = (from: string) =>
    !/[\\/](out|cache|generated|model|bench)([\\/]|$)/.test(from.slice(root.length))
  cpSync(root, path, { recursive: true, filter: wanted })
  symlinkSync(join(root, '..', 'node_modules'), join(folder, 'node_modules'))
  return { path, close: () => rmSync(folder, { recursive: true, force: true }) }
}
