/** Where a passphrase comes from: a file, the environment, or the terminal, which does not show it. */
import { readFileSync, statSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Problem } from '@grimoire/schema/problem'

export type PassphraseSource = { file?: string; variable: string; question: string }

/** Readline writes what is typed; here it writes nothing. */
const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })

async function ask(question: string): Promise<string> {
  process.stderr.write(question)
  const lines = createInterface({ input: process.stdin, output: nowhere(), terminal: true })
  try {
    return await lines.question('')
  } finally {
    lines.close()
    process.stderr.write('\n')
  }
}

/** The first of file, environment and terminal. An empty one protects nothing and is refused. */
export async function readPassphrase({ file, variable, question }: PassphraseSource): Promise<string> {
  const given = file === undefined ? process.env[variable] : readFirstLine(file)
  const text = given ?? (process.stdin.isTTY ? await ask(question) : '')
  if (text !== '') return text
  throw new Problem('config_invalid', {
    got: 'no passphrase',
    expected: `a file, ${variable} in the environment, or a terminal to ask at`,
  })
}

function readFirstLine(path: string): string {
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new Problem('config_invalid', {
        got: `${path} open to others`,
        expected: `a passphrase file with mode 0600: chmod 600 ${path}`,
      })
    }
    return readFileSync(path, 'utf8').split(/\r?\n/)[0] ?? ''
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('config_invalid', { got: path, expected: 'a passphrase file that can be read', cause })
  }
}
