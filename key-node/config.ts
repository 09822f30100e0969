/** A key node's settings, from one JSON file: which chain it believes, which share it holds, whom it answers. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { address } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'

const chain = z.strictObject({
  chainId: z.number().int().positive(),
  rpcUrl: z.url(),
  works: address,
  operators: address,
  gate: address,
  keyNetwork: address,
  /** The Gate must say yes at the latest block and this many blocks back. */
  confirmations: z.number().int().min(0).max(64).default(1),
})
export type KeyNodeChain = z.infer<typeof chain>

const limits = z.strictObject({
  requestsPerSecond: z.number().positive().default(20),
  burst: z.number().int().positive().default(60),
  concurrent: z.number().int().positive().default(32),
  /** Of those, how many one address may have under way. */
  concurrentPerAddress: z.number().int().positive().default(16),
})
export type Limits = z.infer<typeof limits>

export const keyNodeConfig = z.strictObject({
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535),
  /** The URLs under which the registry and clients name this node; session signatures are bound to one of them. */
  publicUrls: z.array(z.url()).max(8).default([]),
  chain,
  /** This epoch's share, and the last one's while it may still be asked for. */
  shareFiles: z.array(z.string().min(1)).min(1).max(4),
  passphraseFile: z.string().optional(),
  /** Web hosts whose own sign-in messages are taken; grants need none. One without a port stands for all of its ports. */
  domains: z.array(z.string().min(1)).max(32).default([]),
  limits: limits.prefault({}),
})
export type KeyNodeConfig = z.infer<typeof keyNodeConfig>
export type KeyNodeSettings = z.input<typeof keyNodeConfig>

export function parseConfig(settings: unknown): KeyNodeConfig {
  const checked = keyNodeConfig.safeParse(settings)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  throw new Problem('config_invalid', {
    param: issue?.path.join('.') ?? '',
    detail: `${issue?.path.join('.')}: ${issue?.message}.`,
  })
}

/** Paths in the file are taken from where the file lies. */
export function readConfigFile(path: string): KeyNodeConfig {
  let settings: unknown
  try {
    settings = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Problem('config_invalid', { detail: `${path} is not a readable JSON file.`, cause })
  }
  const config = parseConfig(settings)
  const near = (file: string): string => resolve(dirname(path), file)
  return {
    ...config,
    shareFiles: config.shareFiles.map(near),
    ...(config.passphraseFile === undefined ? {} : { passphraseFile: near(config.passphraseFile) }),
  }
}

/** Refuses a secret that others on the machine can read. */
export function requirePrivateFile(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode
  if (mode === undefined) throw new Problem('share_invalid', { detail: `${path} does not exist.` })
  if ((mode & 0o077) === 0) return
  throw new Problem('share_invalid', {
    detail: `Others can read ${path}.`,
    got: `mode ${(mode & 0o777).toString(8)}`,
    expected: 'mode 600',
  })
}

export const PASSPHRASE_VARIABLE = 'GRIMOIRE_KEY_NODE_PASSPHRASE'

const MIN_PASSPHRASE_LENGTH = 8

/** An empty passphrase would leave the share in the clear for whoever gets the file. */
export function requirePassphrase(passphrase: string): string {
  if (passphrase.length >= MIN_PASSPHRASE_LENGTH) return passphrase
  throw new Problem('config_invalid', {
    param: 'passphrase',
    got: `${passphrase.length} characters`,
    expected: `at least ${MIN_PASSPHRASE_LENGTH}, in ${PASSPHRASE_VARIABLE} or passphraseFile`,
  })
}

export function readPassphrase(config: KeyNodeConfig): string {
  const given = process.env[PASSPHRASE_VARIABLE]
  // Nothing that this process starts or prints later has to know it.
  delete process.env[PASSPHRASE_VARIABLE]
  if (given) return requirePassphrase(given)
  if (!config.passphraseFile)
    throw new Problem('config_invalid', {
      detail: 'No passphrase for the share.',
      expected: `${PASSPHRASE_VARIABLE} or passphraseFile`,
    })
  requirePrivateFile(config.passphraseFile)
  return requirePassphrase(readFileSync(config.passphraseFile, 'utf8').trim())
}
