/** The door: what the deployment binds and sets, parsed once, so that everything behind it is typed and present. */
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'

/** What `wrangler.toml` binds. The strings are unparsed until `settingsOf`. */
export type Env = {
  DB: D1Database
  BLOBS: R2Bucket
  WRITES: RateLimit
  ADDRESSES: string
  RPC_URLS: string
  MAX_BLOB_BYTES: string
  FINALITY_BLOCKS: string
  PAGE_RPC_URLS?: string
  PUBLIC_URL?: string
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

const urls = z.string().transform(text => text.split(',').map(url => url.trim()))
const rpcUrl = z.url({ protocol: /^https?$/ })

const settingsSchema = z.object({
  /** Where the ledger stands: the JSON that the deployment of the contracts prints. */
  ADDRESSES: jsonText.pipe(ledgerAddresses),
  /** One or more RPC endpoints, separated by commas; a later one is asked when an earlier one fails. */
  RPC_URLS: urls.pipe(z.array(rpcUrl).min(1)),
  /** The endpoints that a page may ask by itself. They are told to everyone, so none with a key in it. */
  PAGE_RPC_URLS: urls.pipe(z.array(rpcUrl)).optional(),
  MAX_BLOB_BYTES: whole(1, 5_000_000_000),
  /** How deep a reorganisation may go and still be undone. Deeper than this the indexer halts. */
  FINALITY_BLOCKS: whole(1, 10_000),
  /** Where people reach this edge; named in metadata. */
  PUBLIC_URL: z.url().optional(),
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
  for (const binding of ['DB', 'BLOBS', 'WRITES'] as const) {
    if (!env[binding])
      throw new Problem('config_invalid', { param: binding, expected: `a binding ${binding}` })
  }
  parsed.set(env, result.data)
  return result.data
}
