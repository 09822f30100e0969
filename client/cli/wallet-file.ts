/** The holder's key from a file: one private key in hex that only its owner can read, or a keystore of version 3. */
import { createDecipheriv, pbkdf2Sync, scryptSync, timingSafeEqual } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { bytesToHex, hexToBytes, keccak256 } from 'viem'
import { z } from 'zod'

const hexText = z.string().regex(/^(0x)?([0-9a-fA-F]{2})*$/)
const bytesLong = (count: number) =>
  hexText.refine(text => text.replace(/^0x/, '').length === 2 * count, `${count} bytes in hex`)
/** As scrypt takes them: a cost that is a power of two. */
const scryptParams = z.object({
  dklen: z.literal(32),
  salt: hexText,
  n: z
    .number()
    .int()
    .min(2)
    .max(2 ** 20)
    .refine(n => (n & (n - 1)) === 0, 'a power of two'),
  r: z.number().int().min(1).max(64),
  p: z.number().int().min(1).max(64),
})
const pbkdf2Params = z.object({
  dklen: z.literal(32),
  salt: hexText,
  c: z.number().int().min(1).max(10_000_000),
  prf: z.literal('hmac-sha256'),
})
const sealed = {
  cipher: z.literal('aes-128-ctr'),
  cipherparams: z.object({ iv: bytesLong(16) }),
  ciphertext: bytesLong(32),
  mac: bytesLong(32),
}
const keystore = z.object({
  version: z.literal(3),
  crypto: z.discriminatedUnion('kdf', [
    z.object({ ...sealed, kdf: z.literal('scrypt'), kdfparams: scryptParams }),
    z.object({ ...sealed, kdf: z.literal('pbkdf2'), kdfparams: pbkdf2Params }),
  ]),
})
type Keystore = z.infer<typeof keystore>

const bytesOf = (text: string): Uint8Array => hexToBytes(text.startsWith('0x') ? (text as Hex) : `0x${text}`) // Safety: begins so.

function derive({ kdf, kdfparams }: Keystore['crypto'], passphrase: string): Uint8Array {
  const { salt, dklen } = kdfparams
  if (kdf === 'pbkdf2') return pbkdf2Sync(passphrase, bytesOf(salt), kdfparams.c, dklen, 'sha256')
  const { n, r, p } = kdfparams
  return scryptSync(passphrase, bytesOf(salt), dklen, { N: n, r, p, maxmem: 256 * n * r + 2 ** 20 })
}

function openKeystore({ crypto }: Keystore, passphrase: string, path: string): Hex {
  const key = derive(crypto, passphrase)
  const sealed = bytesOf(crypto.ciphertext)
  const mac = keccak256(new Uint8Array([...key.subarray(16, 32), ...sealed]), 'bytes')
  if (!timingSafeEqual(mac, bytesOf(crypto.mac))) throw new Problem('passphrase_wrong', { got: path })
  const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), bytesOf(crypto.cipherparams.iv))
  return bytesToHex(new Uint8Array([...decipher.update(sealed), ...decipher.final()]))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new Problem('wallet_file_invalid', { got: path, expected: 'a file that can be read', cause })
  }
}

function parsed(text: string, path: string): Keystore {
  try {
    // The oldest programs write the field as "Crypto".
    const json = JSON.parse(text)
    return keystore.parse({ ...json, crypto: json.crypto ?? json.Crypto })
  } catch (cause) {
    const [issue] = cause instanceof z.ZodError ? cause.issues : []
    const why = issue ? { expected: `${issue.path.join('.')}: ${issue.message}` } : {}
    throw new Problem('wallet_file_invalid', { got: path, ...why, cause })
  }
}

/** `askPassphrase` is called for a keystore only. */
export async function readWalletFile(path: string, askPassphrase: () => Promise<string>): Promise<Hex> {
  const text = readText(path)
  const bare = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text)?.[1]
  if (bare === undefined) return openKeystore(parsed(text, path), await askPassphrase(), path)
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Problem('wallet_file_invalid', {
      got: `${path} open to others`,
      expected: 'a key file with mode 0600',
    })
  }
  return `0x${bare.toLowerCase()}`
}
