/** Reads an operator's configuration: one file of TOML (or JSON), paths relative to it, keys from where it says they are. */
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { bytes32, type Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { sessionKeyFrom } from '@grimoire/seal/grant'
import { parse, TomlError } from 'smol-toml'
import { toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { type CheckedConfig, checkConfig, type FileConfig, fileConfig, type KeySource } from '../config.ts'
import { isRemote } from '../engine/model-file.ts'
import { decryptKey, readKeystore } from './keystore.ts'
import { readPassphrase, readPrivateFile } from './passphrase.ts'

export const DEFAULT_CONFIG = 'grimoire-node.toml'
export const PASSPHRASE_ENV = 'GRIMOIRE_PASSPHRASE'

function parsed(path: string): object {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new Problem('config_invalid', {
      got: `no configuration at ${path}`,
      expected: 'a file that can be read: grimoire-node init writes one, --config names another',
      cause,
    })
  }
  try {
    return /^\s*\{/.test(text) ? JSON.parse(text) : parse(text)
  } catch (cause) {
    const at = cause instanceof TomlError ? `, line ${cause.line}, column ${cause.column}` : ''
    throw new Problem('config_invalid', { got: `${path}${at}`, expected: 'TOML (or JSON)', cause })
  }
}

function engineAt({ apiKey, ...engine }: FileConfig['engine'], here: (path: string) => string) {
  if (!apiKey) return engine
  return { ...engine, apiKey: 'file' in apiKey ? { file: here(apiKey.file) } : apiKey }
}

/** Settings with absolute paths; the keys stay where they are. */
export function readSettings(path: string, overrides: Record<string, unknown> = {}): FileConfig {
  const file = checkConfig(fileConfig, { ...parsed(path), ...overrides })
  const here = (relative: string) => resolve(dirname(path), relative)
  const keyAt = (source: KeySource): KeySource => {
    if ('keystore' in source) return { keystore: here(source.keystore) }
    return 'file' in source ? { file: here(source.file) } : source
  }
  return {
    ...file,
    directory: here(file.directory),
    engine: engineAt(file.engine, here),
    modelDirectory: here(file.modelDirectory ?? `${file.directory}/models`),
    model: file.model === '' || isRemote(file.model) ? file.model : here(file.model),
    models: file.models.map(model => (isRemote(model) ? model : here(model))),
    paymentKey: keyAt(file.paymentKey),
    sessionKey: keyAt(file.sessionKey),
    ...(file.passphraseFile === undefined ? {} : { passphraseFile: here(file.passphraseFile) }),
    ...(file.tls === undefined
      ? {}
      : { tls: { certificateFile: here(file.tls.certificateFile), keyFile: here(file.tls.keyFile) } }),
  }
}

function plainKey(source: Exclude<KeySource, { keystore: string }>, param: string): Hex {
  const text = 'env' in source ? process.env[source.env] : readPrivateFile(source.file, param)
  const key = bytes32.safeParse(text?.trim().replace(/^(?!0x)/, '0x'))
  if (!key.success)
    throw new Problem('config_invalid', { param, got: param, expected: '32 bytes as hex digits' })
  return key.data
}

async function readKey(source: KeySource, param: string, passphrase: () => Promise<string>): Promise<Hex> {
  if (!('keystore' in source)) return plainKey(source, param)
  const secret = await decryptKey(readKeystore(source.keystore), await passphrase())
  return toHex(secret)
}

/** Opens both keys: one passphrase for both, asked for once. */
export async function unlock(settings: FileConfig): Promise<CheckedConfig> {
  const { passphraseFile, ...rest } = settings
  let asked: Promise<string> | undefined
  const passphrase = () => {
    asked ??= readPassphrase({ what: 'this node’s keys', file: passphraseFile, env: PASSPHRASE_ENV })
    return asked
  }
  const [paymentKey, sessionKey] = await Promise.all([
    readKey(rest.paymentKey, 'paymentKey', passphrase),
    readKey(rest.sessionKey, 'sessionKey', passphrase),
  ])
  return { ...rest, paymentKey, sessionKey }
}

export type PublicKeys = { paymentKey: Hex; sessionKey: Hex }

/** The public halves, without a passphrase: keystores name them; plain keys are opened. */
export async function publicKeys({ paymentKey, sessionKey }: FileConfig): Promise<PublicKeys> {
  const never = () => Promise.reject(new Problem('internal'))
  const payment = 'keystore' in paymentKey ? readKeystore(paymentKey.keystore).address : undefined
  const session = 'keystore' in sessionKey ? readKeystore(sessionKey.keystore).publicKey : undefined
  const unnamed = (param: string) => {
    throw new Problem('config_invalid', {
      param,
      got: `a keystore of the ${param} without its public half`,
      expected: 'one that grimoire-node init wrote',
    })
  }
  return {
    paymentKey: payment
      ? `0x${payment.replace(/^0x/, '')}`
      : 'keystore' in paymentKey
        ? unnamed('paymentKey')
        : privateKeyToAccount(await readKey(paymentKey, 'paymentKey', never)).address,
    sessionKey: session
      ? (session as Hex) // Safety: the keystore's schema holds it to 0x and 64 digits.
      : 'keystore' in sessionKey
        ? unnamed('sessionKey')
        : sessionKeyFrom(await readKey(sessionKey, 'sessionKey', never)).publicKey,
  }
}
