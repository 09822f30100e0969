/** Encrypted key files in the Web3 Secret Storage format, version 3: what geth, foundry and every wallet read and write. */
import { createCipheriv, createDecipheriv, pbkdf2, randomBytes, randomUUID, scrypt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { Problem } from '@grimoire/schema/problem'
import { keccak256 } from 'viem'
import { z } from 'zod'

const hex = z.string().regex(/^([0-9a-f]{2})*$/i, 'expected hex digits')

const scryptKdf = z.object({
  kdf: z.literal('scrypt'),
  kdfparams: z.object({
    dklen: z.literal(32),
    n: z
      .number()
      .int()
      .min(2)
      .max(2 ** 20),
    r: z.number().int().min(1).max(32),
    p: z.number().int().min(1).max(16),
    salt: hex,
  }),
})
const pbkdf2Kdf = z.object({
  kdf: z.literal('pbkdf2'),
  kdfparams: z.object({
    dklen: z.literal(32),
    c: z.number().int().min(1).max(10_000_000),
    prf: z.literal('hmac-sha256'),
    salt: hex,
  }),
})
const sealed = z.object({
  cipher: z.literal('aes-128-ctr'),
  ciphertext: hex,
  cipherparams: z.object({ iv: hex.length(32) }),
  mac: hex.length(64),
})
/** Fields that others write beside these are left alone. */
export const keystore = z.object({
  version: z.literal(3),
  id: z.string().optional(),
  /** The account of a payment or an owner's key, without 0x, as geth writes it. */
  address: z
    .string()
    .regex(/^(0x)?[0-9a-f]{40}$/i)
    .optional(),
  /** Ours: the public half of a session key, which is no account. */
  publicKey: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/i)
    .optional(),
  crypto: z.discriminatedUnion('kdf', [sealed.extend(scryptKdf.shape), sealed.extend(pbkdf2Kdf.shape)]),
})
export type Keystore = z.infer<typeof keystore>

/** What geth calls standard: a guess costs a quarter of a gigabyte for most of a second. */
const STANDARD = { n: 2 ** 18, r: 8, p: 1 }

const deriveScrypt = promisify<Buffer, Buffer, number, object, Buffer>(scrypt)
const derivePbkdf2 = promisify(pbkdf2)

/** Of a passphrase in Unicode's composed form every keyboard's é is the same. */
const composed = (passphrase: string): string => passphrase.normalize('NFKC')

async function derive(crypto: Keystore['crypto'], passphrase: string): Promise<Buffer> {
  const secret = Buffer.from(passphrase, 'utf8')
  const salt = Buffer.from(crypto.kdfparams.salt, 'hex')
  if (crypto.kdf === 'pbkdf2') return derivePbkdf2(secret, salt, crypto.kdfparams.c, 32, 'sha256')
  const { n: N, r, p } = crypto.kdfparams
  // RFC 7914 asks for it, and OpenSSL refuses less; geth writes r = 8.
  if (N >= 2 ** (16 * r)) {
    throw new Problem('config_invalid', {
      got: `a keystore with scrypt n=${N}, r=${r}`,
      expected: 'n below 2^(16r), as RFC 7914 says: write it anew with r=8',
    })
  }
  return deriveScrypt(secret, salt, 32, { N, r, p, maxmem: 128 * N * r + 128 * r * p + 64 * 1024 * 1024 })
}

const macOf = (derived: Buffer, ciphertext: Buffer): string =>
  keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2)

export async function encryptKey(
  secret: Uint8Array,
  passphrase: string,
  about: { address?: string; publicKey?: string } = {},
): Promise<Keystore> {
  const iv = randomBytes(16)
  const kdf = {
    kdf: 'scrypt' as const,
    kdfparams: { dklen: 32 as const, ...STANDARD, salt: randomBytes(32).toString('hex') },
  }
  const empty = {
    cipher: 'aes-128-ctr' as const,
    ciphertext: '',
    cipherparams: { iv: iv.toString('hex') },
    mac: '',
  }
  const derived = await derive({ ...empty, ...kdf }, composed(passphrase))
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()])
  const { address, publicKey } = about
  return {
    version: 3,
    id: randomUUID(),
    ...(address ? { address: address.slice(2).toLowerCase() } : {}),
    ...(publicKey ? { publicKey } : {}),
    crypto: {
      ...empty,
      ...kdf,
      ciphertext: ciphertext.toString('hex'),
      mac: macOf(derived, ciphertext),
    },
  }
}

/** Throws `keystore_wrong_passphrase` when the file does not open with it. */
export async function decryptKey({ crypto }: Keystore, passphrase: string): Promise<Uint8Array> {
  const ciphertext = Buffer.from(crypto.ciphertext, 'hex')
  // Other wallets take a passphrase as it was typed.
  for (const form of new Set([composed(passphrase), passphrase])) {
    const derived = await derive(crypto, form)
    if (macOf(derived, ciphertext) !== crypto.mac.toLowerCase()) continue
    const iv = Buffer.from(crypto.cipherparams.iv, 'hex')
    const cipher = createDecipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
    return Buffer.concat([cipher.update(ciphertext), cipher.final()])
  }
  throw new Problem('keystore_wrong_passphrase')
}

export function readKeystore(path: string): Keystore {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Problem('config_invalid', { got: path, expected: 'a keystore file that can be read', cause })
  }
  // geth wrote `Crypto` once, and some still do.
  const named =
    typeof value === 'object' && value !== null && 'Crypto' in value
      ? { ...value, crypto: value.Crypto }
      : value
  const parsed = keystore.safeParse(named)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem('config_invalid', {
    got: `${path}, ${issue?.path.join('.') || 'the file'}`,
    expected: `a keystore of version 3: ${issue?.message ?? ''}`,
  })
}

/** Never over a file that is there: a key that was registered may lie in it. */
export function writeKeystore(path: string, store: Keystore): void {
  writeFileSync(path, `${JSON.stringify(store, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}
