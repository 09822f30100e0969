/** The door: what the deployment binds and sets, parsed once, so that everything behind it is typed and present. */
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { address, bytes32 } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import type { IndexWriter } from './indexer/writer.ts'
import type { Relayer } from './relay/relayer.ts'

/** What `wrangler.toml` binds. The strings are unparsed until `settingsOf`. */
export type Env = {
  DB: D1Database
  BLOBS: R2Bucket
  WRITES: RateLimit
  /** The page, as it is built. */
  ASSETS: Fetcher
  /** Draws share cards; without it there are none. */
  CARDS?: Fetcher
  INDEX: DurableObjectNamespace<IndexWriter>
  RELAYER: DurableObjectNamespace<Relayer>
  ADDRESSES: string
  RPC_URLS: string
  MAX_BLOB_BYTES: string
  WRITES_PER_MINUTE: string
  FINALITY_BLOCKS: string
  UNSIGNED_BYTES_PER_DAY: string
  UPLOADS_UNDER_WAY: string
  UPLOAD_BYTES_UNDER_WAY: string
  UPLOAD_BYTES_PER_DAY: string
  BLOBS_KEPT_SECONDS: string
  CURSOR_KEY: string
  PAGE_RPC_URLS?: string
  PUBLIC_URL?: string
  DNS_URL?: string
  MODERATORS?: string
  EGRESS?: Fetcher
  RELAYER_KEY?: string
}

const whole = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

const jsonText = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue('expected JSON')
    return z.NEVER
  }
})

const listed = z.string().transform(text => text.split(',').map(part => part.trim()))
const rpcUrl = z.url({ protocol: /^https?$/ })

const wei = z
  .string()
  .regex(/^\d{1,30}$/)
  .transform(BigInt)

const settingsSchema = z.object({
  /** Where the ledger stands: the JSON that the deployment of the contracts prints. */
  ADDRESSES: jsonText.pipe(ledgerAddresses),
  /** One or more RPC endpoints, separated by commas; a later one is asked when an earlier one fails. */
  RPC_URLS: listed.pipe(z.array(rpcUrl).min(1)),
  /** The endpoints that a page may ask by itself. They are told to everyone, so none with a key in it. */
  PAGE_RPC_URLS: listed.pipe(z.array(rpcUrl)).optional(),
  /** What anybody may send whole; more than this goes up in chunks, and needs somebody who signed in. */
  MAX_BLOB_BYTES: whole(1, 5_000_000_000),
  /** What one network may send whole in a day, without signing in. */
  UNSIGNED_BYTES_PER_DAY: whole(1, Number.MAX_SAFE_INTEGER),
  /** Of one wallet: uploads at once, their bytes, and the bytes that it begins in a day. */
  UPLOADS_UNDER_WAY: whole(1, 10_000),
  UPLOAD_BYTES_UNDER_WAY: whole(1, Number.MAX_SAFE_INTEGER),
  UPLOAD_BYTES_PER_DAY: whole(1, Number.MAX_SAFE_INTEGER),
  /** How long a blob is kept that no work on the ledger names. */
  BLOBS_KEPT_SECONDS: whole(0, 10 * 365 * 86_400),
  /** What the binding WRITES lets through in a minute: the binding itself does not say, and callers are told. */
  WRITES_PER_MINUTE: whole(1, 1_000_000),
  /** How deep a reorganisation may go and still be undone. Deeper than this the indexer halts. */
  FINALITY_BLOCKS: whole(1, 10_000),
  /** Signs page cursors, so that nobody can make one up; a secret, the same for every instance of the edge. */
  CURSOR_KEY: z.string().min(32),
  /** Where people reach this edge; named in metadata. */
  PUBLIC_URL: z.url().optional(),
  /** A resolver that speaks DNS over https in JSON: asked before an address is called that a stranger wrote. */
  DNS_URL: rpcUrl.optional(),
  /** The account that pays the gas of gasless purchases: a secret, and without it none are sent. It holds gas money only. */
  RELAYER_KEY: bytes32.optional(),
  RELAYER_MAX_GAS_PRICE_WEI: wei.default(5_000_000_000n),
  RELAYER_MAX_GAS: wei.default(600_000n),
  RELAYER_MIN_BALANCE_WEI: wei.default(1_000_000_000_000_000n),
  /** Cheaper purchases are not relayed: free ones would be a way to burn the relayer's gas for nothing. */
  RELAYER_MIN_COST_ATOMIC: wei.default(100_000n),
  RELAYER_PER_PAYER_PER_DAY: whole(1, 10_000).default(5),
  RELAYER_PER_DAY: whole(1, 1_000_000).default(500),
  /** Who may hide works from this edge's lists. Without any nobody can. */
  MODERATORS: listed.pipe(z.array(address)).optional(),
})
export type Settings = z.infer<typeof settingsSchema>

const parsed = new WeakMap<Env, Settings>()

export function settingsOf(env: Env): Settings {
  const known = parsed.get(env)
  if (known) return known
  const result = settingsSchema.safeParse(env)
  if (!result.success) {
    const issue = result.error.issues[0]
    const name = String(issue?.path[0] ?? 'environment')
    throw new Problem('config_invalid', {
      param: name,
      detail: `${issue?.path.join('.')}: ${issue?.message}.`,
    })
  }
  for (const binding of ['DB', 'BLOBS', 'WRITES', 'INDEX', 'RELAYER'] as const) {
    if (!env[binding])
      throw new Problem('config_invalid', { param: binding, expected: `a binding ${binding}` })
  }
  parsed.set(env, result.data)
  return result.data
}
