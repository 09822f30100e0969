/** Which files make the ledger's code, and one hash over all of them. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const root = import.meta.dirname

export type Generated = { file: string; contract: string; name: string }

/** What is generated: the file under generated/, the contract, and the prefix of its exports. */
export const GENERATED: readonly Generated[] = [
  { file: 'works', contract: 'Works', name: 'works' },
  { file: 'operators', contract: 'Operators', name: 'operators' },
  { file: 'policy', contract: 'Policy', name: 'policy' },
  { file: 'admissions', contract: 'Admissions', name: 'admissions' },
  { file: 'gate', contract: 'Gate', name: 'gate' },
  { file: 'key-network', contract: 'KeyNetwork', name: 'keyNetwork' },
  { file: 'money', contract: 'TestMoney', name: 'money' },
  { file: 'settlement', contract: 'BatchSettlement', name: 'settlement' },
  { file: 'collector', contract: 'Erc3009Collector', name: 'collector' },
  { file: 'permit2-collector', contract: 'Permit2Collector', name: 'permit2Collector' },
  { file: 'permit2', contract: 'Permit2', name: 'permit2' },
  { file: 'multicall3', contract: 'Multicall3', name: 'multicall3' },
]

/** Hash over the Solidity sources, the compiler's settings, and the versions of compiler and library. */
export function sourceHash(): string {
  const require = createRequire(import.meta.url)
  const version = (name: string): string => {
    const { version } = require(`${name}/package.json`) as { version: string }
    return `${name}@${version}`
  }
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.sol'))
    .map(file => join('src', file).replaceAll('\\', '/'))
  return hashOf([version('solc'), version('solady')], [...files, 'foundry.toml'])
}

/** Hash over the generated files, so that an edit by hand is noticed. */
export const generatedHash = (): string =>
  hashOf(
    [],
    GENERATED.map(({ file }) => `generated/${file}.ts`),
  )

function hashOf(words: readonly string[], files: readonly string[]): string {
  const hash = createHash('sha256')
  for (const word of words) hash.update(`${word}\n`)
  for (const file of files.toSorted()) {
    const content = readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n')
    hash.update(`${file} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}
