/** The store of session keys, channels and grants: encrypted texts in the gateway's file. */
import { randomBytes } from 'node:crypto'
import type { GatewayStore } from '../gateway/context.ts'
import type { Database } from './database.ts'
import { deriveKey, makeSalt, sealText, unsealText } from './sealed-text.ts'

const SALT = 'salt'
const CHECK = 'check'
const TOKEN = 'token'

const blob = (row: Record<string, unknown> | undefined, column: string): Uint8Array | undefined => {
  const value = row?.[column]
  return value instanceof Uint8Array ? value : undefined
}

/** The first passphrase that a file is opened with is its passphrase; any other is `passphrase_wrong`. */
export async function openSecrets(database: Database, passphrase: string): Promise<GatewayStore> {
  const fact = (name: string) =>
    blob(database.prepare('SELECT value FROM fact WHERE name = ?').get(name), 'value')
  const keep = database.prepare('INSERT OR IGNORE INTO fact (name, value) VALUES (?, ?)')
  keep.run(SALT, makeSalt())
  const key = await deriveKey(passphrase, fact(SALT) ?? makeSalt())
  keep.run(CHECK, sealText(key, CHECK, 'grimoire'))
  unsealText(key, CHECK, fact(CHECK) ?? new Uint8Array())
  const read = database.prepare('SELECT sealed FROM secret WHERE name = ?')
  const write = database.prepare('INSERT OR REPLACE INTO secret (name, sealed) VALUES (?, ?)')
  const remove = database.prepare('DELETE FROM secret WHERE name = ?')
  const list = database.prepare('SELECT name, sealed FROM secret WHERE substr(name, 1, ?) = ? ORDER BY name')
  return {
    async get(name) {
      const sealed = blob(read.get(name), 'sealed')
      return sealed && unsealText(key, name, sealed)
    },
    async set(name, text) {
      write.run(name, sealText(key, name, text))
    },
    async delete(name) {
      remove.run(name)
    },
    async list(prefix) {
      const rows = list.all(prefix.length, prefix)
      return rows.map((row): [string, string] => {
        const name = String(row.name)
        return [name, unsealText(key, name, blob(row, 'sealed') ?? new Uint8Array())]
      })
    },
  }
}

/** The API key of this gateway: made once, so that programs keep working after a restart. */
export async function gatewayToken(store: GatewayStore, { renew = false } = {}): Promise<string> {
  const known = renew ? undefined : await store.get(TOKEN)
  if (known) return known
  const made = `grimoire-${randomBytes(24).toString('base64url')}`
  await store.set(TOKEN, made)
  return made
}
