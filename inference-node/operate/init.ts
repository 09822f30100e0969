/** `init`: from a few answers, or flags, to a configuration in which every setting is explained, and two encrypted keys. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import type { Addresses } from '@grimoire/contracts/addresses'
import { ledgerAddresses, networkAnswer } from '@grimoire/schema/catalogue'
import { DEVNET_CHAIN_ID } from '@grimoire/schema/devnet'
import { address } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { makeSessionKey, sessionKeyFrom } from '@grimoire/seal/grant'
import { type Hex, hexToBytes, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { checkConfig, fileConfig } from '../config.ts'
import { isRemote } from '../engine/model-file.ts'
import { PASSPHRASE_ENV } from './config-file.ts'
import { configText } from './config-text.ts'
import { decryptKey, encryptKey, type Keystore, readKeystore, writeKeystore } from './keystore.ts'
import { readPassphrase } from './passphrase.ts'
import { answer, note, table } from './say.ts'

export type InitOptions = {
  config: string
  json: boolean
  /** Never asks: what is not given takes its default, or is refused. */
  yes: boolean
  edge?: string
  addresses?: string
  rpc?: string
  operator?: string
  endpoint?: string
  model?: string
  gpu?: string
  directory?: string
  host?: string
  port?: string
  operatePort?: string
  passphraseFile?: string
}

const DEFAULTS = {
  edge: 'http://127.0.0.1:8787',
  model: 'hf:unsloth/Qwen3-0.6B-GGUF:Q4_K_M',
  directory: 'state',
  host: '127.0.0.1',
  port: '8080',
  operatePort: '9464',
}

type Asked = { message: string; given: string | undefined; fallback?: string; check: z.ZodType }

/** A flag, else an answer, else the default; each is checked where it is given. */
async function take({ message, given, fallback, check }: Asked, mayAsk: boolean): Promise<string> {
  const valid = (value: string) => {
    const parsed = check.safeParse(value)
    return parsed.success || (parsed.error.issues[0]?.message ?? 'another').replace(/^expected /, '')
  }
  const value = given ?? (mayAsk ? undefined : fallback)
  if (value !== undefined) {
    const verdict = valid(value)
    if (verdict === true) return value
    throw new Problem('usage_invalid', { param: message, got: `${message}: ${value}`, expected: verdict })
  }
  if (!mayAsk) throw new Problem('usage_invalid', { got: `no ${message}`, expected: 'it, by its flag' })
  const { input } = await import('@inquirer/prompts')
  const question = { message, validate: valid, ...(fallback === undefined ? {} : { default: fallback }) }
  return input(question, { output: process.stderr })
}

type Network = { addresses: Addresses; rpcUrls: string[] }

async function networkOf(edge: string, file: string | undefined): Promise<Network> {
  if (file !== undefined) {
    try {
      const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
      return { addresses: checkConfig(ledgerAddresses, value), rpcUrls: [] }
    } catch (cause) {
      if (cause instanceof Problem) throw cause
      throw new Problem('config_invalid', {
        got: file,
        expected: 'the addresses of a ledger, as JSON',
        cause,
      })
    }
  }
  const url = `${edge.replace(/\/+$/, '')}/v1/network`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(15_000) })
    return networkAnswer.parse(await response.json())
  } catch (cause) {
    throw new Problem('edge_unreachable', {
      got: url,
      expected: 'the addresses of the ledger; or name a file of them by --addresses',
      cause,
    })
  }
}

/** An edge is anybody's: where money is at stake, a person looks at its word, or a file and an RPC of one's own replace it. */
async function requireTrusted(options: InitOptions, chosen: Network & { rpcUrl: string }, mayAsk: boolean) {
  const { addresses, rpcUrl } = chosen
  const rows = Object.entries(addresses).map(([name, value]) => [name, String(value)] as const)
  note(table([['RPC', rpcUrl], ...rows]))
  if (addresses.chainId === DEVNET_CHAIN_ID || (options.addresses && options.rpc)) return
  const untrusted = new Problem('usage_invalid', {
    got: `chain ${addresses.chainId}, as the edge says`,
    expected: 'the ledger’s addresses by --addresses and a chain that you trust by --rpc',
  })
  if (!mayAsk) throw untrusted
  const { confirm } = await import('@inquirer/prompts')
  const message = `Are chain ${addresses.chainId}, this RPC and these contracts those that you mean?`
  if (!(await confirm({ message, default: false }, { output: process.stderr }))) throw untrusted
}

async function settings(options: InitOptions, { mayAsk, folder }: { mayAsk: boolean; folder: string }) {
  const url = z.url('expected a URL')
  const text = z.string().min(1)
  const port = z.coerce.number().int().min(0).max(65_535)
  const edge = await take(
    { message: 'Edge of the market', given: options.edge, fallback: DEFAULTS.edge, check: url },
    mayAsk,
  )
  const { addresses, rpcUrls } = await networkOf(edge, options.addresses)
  const ask = (message: string, given: string | undefined, check: z.ZodType, fallback?: string) =>
    take({ message, given, check, ...(fallback === undefined ? {} : { fallback }) }, mayAsk)
  const rpcUrl = await ask(`RPC URL of chain ${addresses.chainId}`, options.rpc, url, rpcUrls[0])
  await requireTrusted(options, { addresses, rpcUrls, rpcUrl }, mayAsk)
  const operator = await ask('Owner’s address (its key stays elsewhere)', options.operator, address)
  const host = await ask('Listen on', options.host, text, DEFAULTS.host)
  const listen = await ask('Port', options.port, port, DEFAULTS.port)
  const endpoint = await ask(
    'URL where holders reach this node',
    options.endpoint,
    url,
    `http://127.0.0.1:${listen}`,
  )
  const model = await ask('Model', options.model, text, DEFAULTS.model)
  const beside = relative('', join(folder, DEFAULTS.directory))
  const directory = await ask('Folder for the state', options.directory, text, beside)
  return {
    ...{ rpcUrl, edges: [edge], operator, endpoint, host, port: Number(listen) },
    // What is named from where the command runs is found from where the configuration lies.
    model: isRemote(model) ? model : fromFolder(folder, model),
    directory: fromFolder(folder, directory),
    addresses,
    operate: { port: Number(options.operatePort ?? DEFAULTS.operatePort) },
    ...(options.gpu === undefined ? {} : { engine: { gpu: options.gpu === 'false' ? false : options.gpu } }),
  }
}

const KEYS = { paymentKey: { keystore: 'keys/payment.json' }, sessionKey: { keystore: 'keys/session.json' } }

/** Nothing that is there is written over. The configuration is written last: without it, `init` broke off and goes on. */
function requireNew(config: string): void {
  if (existsSync(config))
    throw new Problem('usage_invalid', {
      got: `${config}, which is there already`,
      expected: 'a place of its own for a new node: name another by --config',
    })
}

/** A key that is there is kept, for it may be registered: if the passphrase opens it. */
async function kept(path: string, passphrase: string): Promise<{ store: Keystore; secret: Hex } | null> {
  if (!existsSync(path)) return null
  const store = readKeystore(path)
  return { store, secret: toHex(await decryptKey(store, passphrase)) }
}

async function paymentKeyAt(path: string, passphrase: string): Promise<string> {
  const found = await kept(path, passphrase)
  if (found) return privateKeyToAccount(found.secret).address
  const secret = toHex(randomBytes(32))
  const { address: payment } = privateKeyToAccount(secret)
  writeKeystore(path, await encryptKey(hexToBytes(secret), passphrase, { address: payment }))
  return payment
}

async function sessionKeyAt(path: string, passphrase: string): Promise<string> {
  const found = await kept(path, passphrase)
  if (found) return sessionKeyFrom(found.secret).publicKey
  const { secretKey, publicKey } = makeSessionKey(randomBytes(32))
  writeKeystore(path, await encryptKey(hexToBytes(secretKey), passphrase, { publicKey }))
  return publicKey
}

async function writeKeys(folder: string, passphrase: string) {
  mkdirSync(join(folder, 'keys'), { recursive: true, mode: 0o700 })
  // One after the other: a passphrase that does not open the first makes no second.
  const paymentKey = await paymentKeyAt(join(folder, KEYS.paymentKey.keystore), passphrase)
  const sessionKey = await sessionKeyAt(join(folder, KEYS.sessionKey.keystore), passphrase)
  return { paymentKey, sessionKey }
}

export async function init(options: InitOptions): Promise<void> {
  const config = resolve(options.config)
  const folder = dirname(config)
  requireNew(config)
  const mayAsk = !options.yes && Boolean(process.stdin.isTTY && process.stderr.isTTY)
  const chosen = await settings(options, { mayAsk, folder })
  const passphrase = await readPassphrase({
    what: 'the new keys',
    file: options.passphraseFile,
    env: PASSPHRASE_ENV,
    isNew: true,
  })
  const { passphraseFile } = options
  const values = {
    ...chosen,
    ...KEYS,
    ...(passphraseFile === undefined ? {} : { passphraseFile: fromFolder(folder, passphraseFile) }),
  }
  checkConfig(fileConfig, values)
  mkdirSync(folder, { recursive: true })
  const keys = await writeKeys(folder, passphrase)
  // Whole or not at all.
  writeFileSync(`${config}.new`, configText(values), { mode: 0o600 })
  renameSync(`${config}.new`, config)
  answer(options.json, { config, ...keys, operator: chosen.operator }, () =>
    told(options.config, keys, chosen),
  )
}

const fromFolder = (folder: string, path: string): string =>
  isAbsolute(path) ? path : relative(folder, resolve(path)) || '.'

function told(
  config: string,
  keys: { paymentKey: string; sessionKey: string },
  { operator }: { operator: string },
): string {
  const flag = config === 'grimoire-node.toml' ? '' : ` --config ${config}`
  return [
    table([
      ['configuration', config],
      ['owner', `${operator}: bonds and withdraws; its key never comes here`],
      ['payment key', `${keys.paymentKey}: send it a little of the chain’s coin for gas`],
      ['session key', keys.sessionKey],
    ]),
    '',
    'Back up the folder keys and its passphrase. Next:',
    `  grimoire-node pull${flag}`,
    `  grimoire-node register${flag}   (or with --print, for a wallet elsewhere)`,
    `  grimoire-node doctor${flag}`,
    `  grimoire-node run${flag}`,
  ].join('\n')
}
