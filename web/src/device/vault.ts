/** What this device keeps: chats and the keys that pay for them, in IndexedDB, encrypted under a key that cannot leave it. */

const NAME = 'grimoire'
const KEYS = 'keys'
const TEXTS = 'texts'

type Sealed = { iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer }

export type Vault = {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string): Promise<void>
  /** The same for files: a sealed work that waits for its mint, an adapter. */
  getBytes(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  setBytes(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
  delete(key: string): Promise<void>
  /** Everything under keys that begin like this. */
  deleteAll(prefix?: string): Promise<void>
  /** The texts under all keys that begin like this. */
  list(prefix: string): Promise<[key: string, text: string][]>
}

const settled = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore(KEYS)
    request.result.createObjectStore(TEXTS)
  }
  return settled(request)
}

/** Made once on this device and not extractable: another program that reads the profile's files finds no key in them as text. */
async function keyOf(database: IDBDatabase): Promise<CryptoKey> {
  const known = await settled<unknown>(database.transaction(KEYS).objectStore(KEYS).get('texts'))
  if (known instanceof CryptoKey) return known
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
  // Two tabs may begin at once: whoever comes second takes the key of the first.
  await settled(database.transaction(KEYS, 'readwrite').objectStore(KEYS).add(made, 'texts')).catch(
    () => undefined,
  )
  const kept = await settled<unknown>(database.transaction(KEYS).objectStore(KEYS).get('texts'))
  return kept instanceof CryptoKey ? kept : made
}

const rangeOf = (prefix: string) => IDBKeyRange.bound(prefix, `${prefix}\uffff`)

async function open(): Promise<Vault> {
  const database = await openDatabase()
  const key = await keyOf(database)
  const texts = (mode: IDBTransactionMode) => database.transaction(TEXTS, mode).objectStore(TEXTS)
  const decryptBytes = async ({ iv, bytes }: Sealed): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes))
  const decrypt = async (sealed: Sealed): Promise<string> =>
    new TextDecoder().decode(await decryptBytes(sealed))
  const read = (name: string) => settled<Sealed | undefined>(texts('readonly').get(name))
  const write = async (name: string, plain: Uint8Array<ArrayBuffer>): Promise<void> => {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain)
    await settled(texts('readwrite').put({ iv, bytes } satisfies Sealed, name))
  }
  return {
    async get(name) {
      const sealed = await read(name)
      return sealed && decrypt(sealed)
    },
    set: (name, text) => write(name, new TextEncoder().encode(text)),
    async getBytes(name) {
      const sealed = await read(name)
      return sealed && decryptBytes(sealed)
    },
    setBytes: write,
    async delete(name) {
      await settled(texts('readwrite').delete(name))
    },
    async deleteAll(prefix = '') {
      await settled(texts('readwrite').delete(rangeOf(prefix)))
    },
    async list(prefix) {
      const range = rangeOf(prefix)
      const store = texts('readonly')
      const [names, sealed] = await Promise.all([
        settled(store.getAllKeys(range)),
        settled<Sealed[]>(store.getAll(range)),
      ])
      return Promise.all(
        sealed.map(
          async (one, index): Promise<[string, string]> => [String(names[index]), await decrypt(one)],
        ),
      )
    },
  }
}

let opened: Promise<Vault> | null = null

export function openVault(): Promise<Vault> {
  // A refusal is not kept: the next call tries again.
  opened ??= open().catch(error => {
    opened = null
    throw error
  })
  return opened
}

/** A part of the vault whose keys all begin alike, for those who should not know the rest. */
export const within = (vault: Vault, prefix: string): Vault => ({
  get: key => vault.get(prefix + key),
  set: (key, text) => vault.set(prefix + key, text),
  getBytes: key => vault.getBytes(prefix + key),
  setBytes: (key, bytes) => vault.setBytes(prefix + key, bytes),
  delete: key => vault.delete(prefix + key),
  deleteAll: (under = '') => vault.deleteAll(prefix + under),
  list: async under => {
    const found = await vault.list(prefix + under)
    return found.map(([key, text]) => [key.slice(prefix.length), text])
  },
})
