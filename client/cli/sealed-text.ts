/** Texts encrypted under a passphrase: scrypt makes the key, AES-256-GCM seals each text to the name that it stands under. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { Problem } from '@grimoire/schema/problem'

const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** 32 MiB and about a tenth of a second for each guess. */
const COST = 2 ** 15
const BLOCK_SIZE = 8

export const makeSalt = (): Uint8Array => randomBytes(16)

export function deriveKey(passphrase: string, salt: Uint8Array): Promise<Uint8Array> {
  const options = { N: COST, r: BLOCK_SIZE, p: 1, maxmem: 2 * 128 * COST * BLOCK_SIZE }
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    )
  })
}

export function sealText(key: Uint8Array, name: string, text: string): Uint8Array {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([iv, cipher.getAuthTag(), sealed])
}

/** Refuses what was sealed under another passphrase, under another name, or altered since. */
export function unsealText(key: Uint8Array, name: string, bytes: Uint8Array): string {
  const tagEnd = IV_BYTES + TAG_BYTES
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(name))
      .setAuthTag(bytes.subarray(IV_BYTES, tagEnd))
    return Buffer.concat([decipher.update(bytes.subarray(tagEnd)), decipher.final()]).toString('utf8')
  } catch (cause) {
    throw new Problem('passphrase_wrong', { got: name, cause })
  }
}
