/** What this device keeps: chats and the keys that pay for them, in IndexedDB, encrypted under a key that cannot leave it. */

const NAME = 'grimoire'
const KEYS = 'keys'
const TEXTS = 'texts'

type Sealed = { iv: Uint8Array<ArrayBuffer>; bytes: ArrayBuffer }

export type Vault = {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string): Promise<void>
  delete(key: string): Promise<void>
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

async function open(): Promise<Vault> {
  const database = await openDatabase()
  const key = await keyOf(database)
  const texts = (mode: IDBTransactionMode) => database.transaction(TEXTS, mode).objectStore(TEXTS)
  const decrypt = async ({ iv, bytes }: Sealed): Promise<string> =>
    new TextDecoder().decode(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes))
  return {
    async get(name) {
      const sealed = await settled<Sealed | undefined>(texts('readonly').get(name))
      return sealed && decrypt(sealed)
    },
    async set(name, text) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const bytes = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text))
      await settled(texts('readwrite').put({ iv, bytes } satisfies Sealed, name))
    },
    async delete(name) {
      await settled(texts('readwrite').delete(name))
    },
    async list(prefix) {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
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
  opened ??= open()
  return opened
}

/** A part of the vault whose keys all begin alike, for those who should not know the rest. */
export const within = (vault: Vault, prefix: string): Vault => ({
  get: key => vault.get(prefix + key),
  set: (key, text) => vault.set(prefix + key, text),
  delete: key => vault.delete(prefix + key),
  list: async under => {
    const found = await vault.list(prefix + under)
    return found.map(([key, text]) => [key.slice(prefix.length), text])
  },
})
