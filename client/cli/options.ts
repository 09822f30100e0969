/** What the gateway's commands are told: flags over a JSON file over defaults that fit a devnet on this machine. */
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseMoney } from '@grimoire/schema/amounts'
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { GATEWAY_PORT } from '../gateway/place.ts'

export const PLAYERS = ['cleo', 'dan', 'ada'] as const

const dollars = z.string().transform((text, context) => {
  try {
    return parseMoney(text)
  } catch {
    context.addIssue({ code: 'custom', message: 'an amount of dollars such as 2 or 0.5' })
    return z.NEVER
  }
})
const port = z.coerce.number().int().min(0).max(65_535)

const settings = z.strictObject({
  edge: z.url().optional(),
  /** Folders of blobs by hash. With one and no edge, the gateway does without an edge. */
  mirror: z.array(z.url()).default([]),
  rpc: z.url().optional(),
  /** The ledger: on a public chain it is written here, since an edge may name any. */
  addresses: ledgerAddresses.optional(),
  store: z.string().min(1).optional(),
  wallet: z.string().min(1).optional(),
  play: z.enum(PLAYERS).default('cleo'),
  passphraseFile: z.string().min(1).optional(),
  walletPassphraseFile: z.string().min(1).optional(),
  host: z.string().min(1).default('127.0.0.1'),
  port: port.default(GATEWAY_PORT),
  allowHost: z.array(z.string().min(1)).default([]),
  allowOrigin: z.array(z.string().min(1)).default([]),
  dailyCap: dollars.prefault('2'),
  maxTurn: dollars.prefault('0.5'),
  maxDeposit: dollars.prefault('1'),
  lanes: z.coerce.number().int().min(1).max(32).default(1),
  answerTimeout: z.coerce.number().int().min(1).max(3_600).default(120),
})
export type Settings = Omit<z.output<typeof settings>, 'edge'> & { edge: string | null }

const DEVNET_EDGE = 'http://127.0.0.1:8787'

const PATHS = ['store', 'wallet', 'passphraseFile', 'walletPassphraseFile'] as const

function readFile(path: string): Record<string, unknown> {
  try {
    const file: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'))
    const here = dirname(resolve(path))
    for (const name of PATHS) {
      const value = file[name]
      if (typeof value === 'string') file[name] = resolve(here, value)
    }
    return file
  } catch (cause) {
    throw new Problem('config_invalid', { got: path, expected: 'a JSON file that can be read', cause })
  }
}

/** `flags` are commander's, in camel case; `config` names the file. */
export function readSettings({ config, ...flags }: Record<string, unknown>): Settings {
  const file = typeof config === 'string' ? readFile(config) : {}
  const parsed = settings.safeParse({ ...file, ...flags })
  if (parsed.success) {
    const { edge = parsed.data.mirror.length > 0 ? null : DEVNET_EDGE } = parsed.data
    return { ...parsed.data, edge }
  }
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? ` (${issue.keys.join(', ')})` : ''
  throw new Problem('config_invalid', {
    param: issue?.path.join('.') ?? '',
    got: `${issue?.path.join('.') || 'the settings'}${unknown}`,
    expected: issue?.message ?? 'settings',
  })
}

/** One folder for each ledger on each chain, so that money of one is never looked for on another. */
export const storeFolder = ({ store }: Settings, ledgerName: string): string =>
  join(store ?? join(process.env.XDG_DATA_HOME ?? join(homedir(), '.local', 'share'), 'grimoire'), ledgerName)
