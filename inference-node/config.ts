/** What an operator sets: each key with the sentence that stands beside it in the file which `grimoire-node init` writes. */
import { atomicText } from '@grimoire/schema/amounts'
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { address, bytes32, sha256Name } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { ENGINE_DEFAULTS } from './engine/engine.ts'
import { openAiSettings } from './engine/openai/settings.ts'
import { nearest } from './operate/nearest.ts'

const count = (max: number) => z.number().int().min(1).max(max)
const whole = (min: number, max = Number.MAX_SAFE_INTEGER) => z.number().int().min(min).max(max)
const port = whole(0, 65_535)

const engine = z
  .strictObject({
    gpu: z
      .union([z.enum(['auto', 'cuda', 'vulkan', 'metal']), z.literal(false)])
      .default(ENGINE_DEFAULTS.gpu)
      .describe(
        'What computes: "auto", "cuda", "vulkan", "metal", or false for the processor. "auto" falls back in silence; doctor says what is in use.',
      ),
    threads: whole(0, 256).default(ENGINE_DEFAULTS.threads).describe('Threads; 0 lets llama.cpp choose.'),
    contextTokens: whole(0, 1_048_576)
      .default(ENGINE_DEFAULTS.contextTokens)
      .describe('The window of one conversation; 0 takes the model’s own, up to a limit.'),
    sequences: count(64)
      .default(ENGINE_DEFAULTS.sequences)
      .describe('Turns that are answered at the same moment. Each reserves its window in memory.'),
    warmPrompts: whole(0, 64)
      .default(ENGINE_DEFAULTS.warmPrompts)
      .describe('Hidden prompts that stay in memory beside these, a window each; fewer where fewer fit.'),
    queue: whole(0, 1_024)
      .default(ENGINE_DEFAULTS.queue)
      .describe('Turns that may wait beyond these; the next one is told that the node is busy.'),
    openWorks: count(1_024)
      .default(ENGINE_DEFAULTS.openWorks)
      .describe('Adapters that are held ready at once; the one that was idle longest makes room.'),
    stallMs: whole(1_000)
      .default(ENGINE_DEFAULTS.stallMs)
      .describe('A turn without a new token for so long is given up.'),
    maxMemoryBytes: whole(0)
      .default(ENGINE_DEFAULTS.maxMemoryBytes)
      .describe('What model and conversations may take, by estimate; 0 means what this machine has.'),
    chatTemplates: z
      .array(sha256Name)
      .max(64)
      .default([])
      .describe('sha256 of chat templates inside model files that may run, beside our own.'),
    ...openAiSettings,
  })
  .prefault({})
  .describe('llama.cpp.')

const operate = z
  .strictObject({
    host: z
      .string()
      .default('127.0.0.1')
      .describe('Metrics tell what you earn: bind them elsewhere only where strangers cannot come.'),
    port: port.default(0).describe('Prometheus asks here for /metrics. 0 takes any free port.'),
  })
  .prefault({})
  .describe('For the operator alone: /metrics, /health, /ready, and what `grimoire-node status` asks.')

const tls = z
  .strictObject({
    certificateFile: z.string().min(1).describe('The certificate with its chain, PEM.'),
    keyFile: z.string().min(1).describe('Its private key, PEM, readable by the node’s user only.'),
  })
  .optional()
  .describe(
    'https from this process. Left out, put a proxy in front (packaging/Caddyfile): pages on https reach no node on http.',
  )

const drafts = z
  .strictObject({
    turnsPerDay: whole(0, 10_000).default(0).describe('Free turns a day for a creator’s wallet; 0 is off.'),
    turnsPerDayInAll: whole(1, 1_000_000)
      .default(200)
      .describe('Of all wallets together: a wallet costs nothing to make.'),
    maxBytes: whole(65_536)
      .default(64 * 1024 ** 2)
      .describe('What all open drafts may hold in memory.'),
  })
  .prefault({})
  .describe('Creators may try a work on this node before it is minted.')

const limits = z
  .strictObject({
    connections: count(65_535)
      .default(512)
      .describe('Connections at the same moment; more are closed at once.'),
    sendSeconds: whole(1, 3_600).default(30).describe('A request has to arrive whole in this time.'),
    unreadSeconds: whole(1, 3_600)
      .default(60)
      .describe('An answer of which its caller takes nothing for so long is given up.'),
    turnsPerHolder: count(1_024)
      .default(8)
      .describe('Turns that one holder may have running and waiting together.'),
  })
  .prefault({})
  .describe('What one caller may hold, so that none keeps the others out.')

const settings = {
  rpcUrl: z.url().describe('The chain. A node of your own, or a provider that you trust to tell the truth.'),
  edges: z
    .array(z.url())
    .min(1)
    .describe('Where sealed parts are fetched, in this order; each is checked by its hash.'),
  operator: address.describe('The owner’s account. Its key is never on this machine.'),
  endpoint: z
    .url()
    .optional()
    .describe('Where holders reach this node; what `register` writes on the ledger.'),
  model: z
    .string()
    .default('')
    .describe('A GGUF file, or hf:<user>/<repo>:<quant>, or https://…; works name their base by its sha256.'),
  directory: z
    .string()
    .min(1)
    .describe('State that outlives a restart. Keep it: vouchers lie here that are not claimed yet.'),
  models: z
    .array(z.string().min(1))
    .max(16)
    .default([])
    .describe(
      'Further base models, each in a process of its own; a work is answered by the one it was made for.',
    ),
  modelDirectory: z
    .string()
    .min(1)
    .optional()
    .describe('Where models are downloaded to; left out, "models" in the directory above.'),
  host: z.string().default('127.0.0.1').describe('0.0.0.0 takes calls from everywhere.'),
  port: port.default(8080).describe('Holders’ clients call here.'),
  minDepositAtomic: atomicText
    .default('200000')
    .describe('The least that a holder deposits at once; a deposit costs this node gas.'),
  creditUntilFinalAtomic: atomicText
    .default('200000')
    .describe('Turns may cost this much together until the deposit that pays for them is final.'),
  finalAfterBlocks: whole(0, 10_000).default(12).describe('Blocks on top of a deposit’s that make it final.'),
  withdrawDelaySeconds: whole(900, 2_592_000)
    .default(86_400)
    .describe('How long a leaving payer waits, and how long you have to claim meanwhile.'),
  claimEverySeconds: whole(1, 86_400).default(300).describe('How often it is looked whether a claim is due.'),
  claimMinimumAtomic: atomicText
    .default('10000')
    .describe('The clock claims less than this only when it has been owed for a day.'),
  turnGraceMs: whole(0, 600_000)
    .default(10_000)
    .describe(
      'How long a turn goes on while its connection is gone, so that its holder can take it up again.',
    ),
  keepTurnsMs: whole(0, 3_600_000).default(300_000).describe('How long a turn that ended can be read again.'),
  keepAliveMs: whole(100, 300_000)
    .default(15_000)
    .describe('A comment goes into a stream that was silent for so long.'),
  canaryEverySeconds: whole(0, 86_400)
    .default(0)
    .describe(
      'A few free tokens for whoever times this node, at most once in so many seconds; edges then show its first token and pace. 0 is off.',
    ),
  maxUnclaimedAtomic: atomicText
    .default('50000000')
    .describe(
      'Never is more than this unclaimed: what a lost disk can cost. From half of it on the node claims whatever gas costs.',
    ),
  quoteLifeSeconds: whole(5, 3_600).default(60).describe('How long a signed price stands.'),
  maxWorkBytes: whole(65_536)
    .default(1024 ** 3)
    .describe('All parts of one work together: they are held in memory.'),
  maxOpenBytes: whole(65_536)
    .default(4 * 1024 ** 3)
    .describe('All opened works together.'),
  keyNodeTimeoutMs: whole(100, 60_000).default(5_000).describe('How long one key node may take.'),
  drainSeconds: whole(0, 3_600)
    .default(30)
    .describe('On SIGTERM running answers may take so long; no new turn begins.'),
  addresses: ledgerAddresses.describe('Where the ledger stands.'),
  engine,
  drafts,
  limits,
  operate,
  tls,
}

/** As `startInferenceNode` takes it: keys are 32-byte hex values. */
export const nodeConfig = z.strictObject({ ...settings, paymentKey: bytes32, sessionKey: bytes32 })
export type NodeConfig = z.input<typeof nodeConfig>
export type CheckedConfig = z.output<typeof nodeConfig>

const keySource = z.union([
  z.strictObject({ keystore: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().min(1) }),
])
export type KeySource = z.infer<typeof keySource>

/** As it stands in a file: keys are named by where they are. */
export const fileConfig = z.strictObject({
  ...settings,
  paymentKey: keySource.describe(
    'Signs quotes and receipts, pays gas. An encrypted keystore; or file or env with 32 bytes as hex.',
  ),
  sessionKey: keySource.describe('The ed25519 key that holders grant to; in the same forms.'),
  passphraseFile: z
    .string()
    .min(1)
    .optional()
    .describe('What opens the keystores. Left out: GRIMOIRE_PASSPHRASE, or you are asked.'),
})
export type FileConfig = z.output<typeof fileConfig>

type Issue = z.core.$ZodIssue

/** The object of the schema at a path, to find what an unknown key was meant to be. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema
  for (const step of [...path, null]) {
    while (at instanceof z.ZodOptional || at instanceof z.ZodPrefault || at instanceof z.ZodDefault)
      at = at.unwrap()
    if (!(at instanceof z.ZodObject)) return []
    if (step !== null) at = at.shape[String(step)]
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}

function unknownKey(schema: z.ZodType, path: readonly PropertyKey[], key: string): Problem {
  const full = [...path, key].join('.')
  const known = keysAt(schema, path)
  const meant = nearest(key, known)
  return new Problem('config_invalid', {
    param: full,
    got: `${full}, which is no setting`,
    expected: meant ? [...path, meant].join('.') : `one of ${known.join(', ')}`,
  })
}

function refusal(schema: z.ZodType, issue: Issue | undefined): Problem {
  if (issue?.code === 'unrecognized_keys') return unknownKey(schema, issue.path, issue.keys[0] ?? '')
  return new Problem('config_invalid', {
    param: issue?.path.join('.') ?? '',
    got: issue?.path.join('.') || 'the file',
    expected: issue?.message ?? 'a configuration',
  })
}

/** A misspelt key says more than the required one that is missing because of it. */
export function checkConfig<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  throw refusal(schema, issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0])
}
