/** A key share at rest: scrypt and AES-256-GCM under the operator's passphrase, in a file that only its owner reads. */
import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { sha256Name } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { isScalar, publicKeyOf, shareOfKey } from './bls.ts'
import { requirePassphrase, requirePrivateFile } from './config.ts'

const KDF = { name: 'scrypt', n: 32_768, r: 8, p: 1 } as const
const CIPHER = 'aes-256-gcm'
const TAG_BYTES = 16
const CACHED_SHARES = 256

const publicKey = z.string().regex(/^[0-9a-f]{96}$/)
const header = z.strictObject({
  format: z.literal('grimoire/key-share@1'),
  index: z.number().int().min(1).max(255),
  total: z.number().int().min(1).max(255),
  threshold: z.number().int().min(1).max(255),
  epoch: z.number().int().min(1),
  networkKey: publicKey,
  verificationKey: publicKey,
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    n: z.literal(KDF.n),
    r: z.literal(KDF.r),
    p: z.literal(KDF.p),
    salt: sha256Name,
  }),
  iv: z.string().regex(/^[0-9a-f]{24}$/),
})
const shareFile = z.strictObject({ ...header.shape, sealed: z.string().regex(/^[0-9a-f]+$/) })

export type ShareHeader = Omit<z.infer<typeof header>, 'format' | 'kdf' | 'iv'>

const keyFrom = (passphrase: string, salt: string): Buffer =>
  scryptSync(passphrase, Buffer.from(salt, 'hex'), 32, {
    N: KDF.n,
    r: KDF.r,
    p: KDF.p,
    maxmem: 256 * KDF.n * KDF.r,
  })

export function writeShareFile(path: string, about: ShareHeader, secret: bigint, passphrase: string): void {
  requirePassphrase(passphrase)
  const full = header.parse({
    format: 'grimoire/key-share@1',
    ...about,
    kdf: { ...KDF, salt: randomBytes(32).toString('hex') },
    iv: randomBytes(12).toString('hex'),
  })
  const cipher = createCipheriv(CIPHER, keyFrom(passphrase, full.kdf.salt), Buffer.from(full.iv, 'hex'))
  cipher.setAAD(Buffer.from(canonicalJson(full)))
  const plain = Buffer.from(secret.toString(16).padStart(64, '0'), 'hex')
  const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('hex')
  writeFileSync(path, `${JSON.stringify({ ...full, sealed }, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
}

/** An opened share. The scalar itself never leaves this object. */
export class KeyShare {
  readonly about: ShareHeader
  readonly #secret: bigint
  readonly #cache = new Map<string, string>()

  constructor(about: ShareHeader, secret: bigint) {
    this.about = about
    this.#secret = secret
  }

  /** Deterministic, so one computed share serves every later asker whom the chain admits. */
  sign(identity: string): string {
    const known = this.#cache.get(identity)
    if (known) return known
    const share = shareOfKey(this.#secret, this.about.index, identity)
    this.#cache.set(identity, share)
    const [oldest] = this.#cache.keys()
    if (this.#cache.size > CACHED_SHARES && oldest !== undefined) this.#cache.delete(oldest)
    return share
  }
}

const unusable = (path: string, detail: string, cause?: unknown): Problem =>
  new Problem('share_invalid', { detail: `${path}: ${detail}`, ...(cause === undefined ? {} : { cause }) })

function parseShareFile(path: string): z.infer<typeof shareFile> {
  try {
    return shareFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (cause) {
    throw unusable(path, 'it is not a share file of ours, or it was altered.', cause)
  }
}

export function readShareFile(path: string, passphrase: string): KeyShare {
  requirePrivateFile(path)
  const { sealed, ...full } = parseShareFile(path)
  const bytes = Buffer.from(sealed, 'hex')
  const decipher = createDecipheriv(CIPHER, keyFrom(passphrase, full.kdf.salt), Buffer.from(full.iv, 'hex'))
  let secret: bigint
  try {
    decipher.setAAD(Buffer.from(canonicalJson(full)))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()])
    secret = BigInt(`0x${plain.toString('hex')}`)
  } catch (cause) {
    throw unusable(path, 'wrong passphrase, or the file was altered.', cause)
  }
  if (!isScalar(secret) || publicKeyOf(secret) !== full.verificationKey)
    throw unusable(path, 'the share does not belong to its verification key.')
  const { index, total, threshold, epoch, networkKey, verificationKey } = full
  return new KeyShare({ index, total, threshold, epoch, networkKey, verificationKey }, secret)
}

/** The chain's epoch decides: its share, or the one before for a client that connected before the change; no other. */
export function pickShare(
  shares: KeyShare[],
  askedEpoch: number | null | undefined,
  chainEpoch: number,
): KeyShare | null {
  const epoch = askedEpoch || chainEpoch
  if (epoch !== chainEpoch && epoch !== chainEpoch - 1) return null
  return shares.find(share => share.about.epoch === epoch) ?? null
}
