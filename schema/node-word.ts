/** What all signed words of a node share: the ledger and the version that they are about, what answered, and their domain. */
import { z } from 'zod'
import { address, type Hex, workIdText } from './hex.ts'

export const aboutLedger = { chainId: z.number().int().positive(), works: address }
export const aboutVersion = { ...aboutLedger, workId: workIdText, version: z.number().int().min(1) }

/** What answered: the engine and its build, as the node names it. */
export const engineBuild = z.string().min(1).max(200)

/** Signed by the operator's payment key in one domain, bound to one chain and one ledger. */
export const nodeDomain = (chainId: number, works: Hex) =>
  ({ name: 'Grimoire Node', version: '1', chainId, verifyingContract: works }) as const

/** Sums as they are signed: numbers in the place of their texts. */
export const inNumbers = <T extends Record<string, string>>(sums: T) =>
  // Safety: the same keys, each text read as the number that it is.
  Object.fromEntries(Object.entries(sums).map(([name, text]) => [name, BigInt(text)])) as {
    [K in keyof T]: bigint
  }
