/** What opens a keystore: from a file, from the environment, or asked for; never an argument, which every process can read. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '@grimoire/schema/problem'

export const MIN_PASSPHRASE = 8

export type PassphraseSource = {
  /** For the sentence that asks: whose key. */
  what: string
  file?: string | undefined
  env: string
  /** Asked twice when a keystore is made. */
  isNew?: boolean
}

/** Refuses a file that others on this machine can read. */
export function readPrivateFile(path: string, param: string): string {
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new Problem('config_invalid', {
        param,
        got: `${path} open to others`,
        expected: `a file with mode 0600: chmod 600 ${path}`,
      })
    }
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('config_invalid', { param, got: path, expected: 'a file that can be read', cause })
  }
}

/** systemd's LoadCredential= hands it over in a folder that only the unit sees. */
function fromSystemd(): string | undefined {
  const folder = process.env.CREDENTIALS_DIRECTORY
  const path = folder && join(folder, 'passphrase')
  return path && existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** What is there without asking anybody. */
export function passphraseAtHand({ file, env }: Pick<PassphraseSource, 'file' | 'env'>): string | undefined {
  const given = file === undefined ? (process.env[env] ?? fromSystemd()) : readPrivateFile(file, 'passphrase')
  return given?.replace(/\r?\n$/, '')
}

export async function readPassphrase(source: PassphraseSource): Promise<string> {
  const { what, file, env, isNew = false } = source
  const text = passphraseAtHand({ file, env }) ?? (await ask(what, env, isNew))
  if (isNew && text.length < MIN_PASSPHRASE) {
    throw new Problem('config_invalid', {
      param: 'passphrase',
      got: `${text.length} characters`,
      expected: `a passphrase of at least ${MIN_PASSPHRASE}`,
    })
  }
  return text
}

async function ask(what: string, env: string, isNew: boolean): Promise<string> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new Problem('config_invalid', {
      param: 'passphrase',
      got: `no passphrase for ${what}`,
      expected: `a passphrase file, ${env} in the environment, or a terminal to ask at`,
    })
  }
  const { password } = await import('@inquirer/prompts')
  const output = { output: process.stderr }
  const text = await password({ message: `Passphrase for ${what}:`, mask: '*' }, output)
  if (!isNew) return text
  const again = await password({ message: 'The same once more:', mask: '*' }, output)
  if (again === text) return text
  throw new Problem('config_invalid', {
    param: 'passphrase',
    got: 'two different ones',
    expected: 'the same twice',
  })
}
