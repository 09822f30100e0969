/** The files of a deployment: where it stands, which everything reads, and the terms that it was made with. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Addresses, parseAddresses } from './addresses.ts'
import type { Terms } from './plan.ts'
import { root } from './sources.ts'
import { readTerms, termsText } from './terms.ts'

export type DeploymentFiles = { addresses: string; terms: string }

/** One pair of files for each public chain, kept in the repository. */
export const publicFiles = (chainId: number, folder = join(root, 'deployments')): DeploymentFiles => ({
  addresses: join(folder, `${chainId}.json`),
  terms: join(folder, `${chainId}.terms.json`),
})

/** A devnet keeps its own, in the folder of its state. */
export const devnetFiles = (folder: string): DeploymentFiles => ({
  addresses: join(folder, 'addresses.json'),
  terms: join(folder, 'terms.json'),
})

/** The content of a file of JSON. */
export function readJson(path: string): unknown {
  const text = readFileSync(path, 'utf8')
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`${path} is not JSON. Correct it, or restore it from the repository.`)
  }
}

/** Where a deployment stands; null if these files know of none. */
export const loadAddresses = ({ addresses }: DeploymentFiles): Addresses | null =>
  existsSync(addresses) ? parseAddresses(readJson(addresses), addresses) : null

export function loadTerms(path: string, isPublic: boolean): Terms {
  if (existsSync(path)) return readTerms(readJson(path), path, isPublic)
  throw new Error(
    `there are no terms at ${path}. Write them as docs/deploy.md shows, and name the file by --terms.`,
  )
}

/** Writes both; says whether anything changed by that. */
export function saveDeployment(files: DeploymentFiles, addresses: Addresses, terms: Terms): boolean {
  const written = [
    [files.terms, termsText(terms)],
    [files.addresses, `${JSON.stringify(addresses, null, 2)}\n`],
  ] as const
  const stale = written.filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text)
  for (const [path, text] of stale) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return stale.length > 0
}
