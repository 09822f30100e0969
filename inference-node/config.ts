/** What an operator sets: read from one JSON file, checked field by field; keys come from files that only they can read. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { atomicText } from '@grimoire/schema/amounts'
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { address, bytes32, type Hex, sha256Name } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { ENGINE_DEFAULTS } from './engine/engine.ts'

const count = (max: number) => z.number().int().min(1).max(max)
const engine = z
  .strictObject({
    gpu: z
      .union([z.enum(['auto', 'cuda', 'vulkan', 'metal']), z.literal(false)])
      .default(ENGINE_DEFAULTS.gpu),
    threads: z.number().int().min(0).max(256).default(ENGINE_DEFAULTS.threads),
    contextTokens: z.number().int().min(0).max(1_048_576).default(ENGINE_DEFAULTS.contextTokens),
    sequences: count(64).default(ENGINE_DEFAULTS.sequences),
    queue: z.number().int().min(0).max(1_024).default(ENGINE_DEFAULTS.queue),
    openWorks: count(1_024).default(ENGINE_DEFAULTS.openWorks),
    stallMs: z.number().int().min(1_000).default(ENGINE_DEFAULTS.stallMs),
    maxMemoryBytes: z.number().int().min(0).default(ENGINE_DEFAULTS.maxMemoryBytes),
    /** Chat templates of model files that may run, by sha256. */
    chatTemplates: z.array(sha256Name).max(64).default([]),
  })
  .prefault({})

const settings = {
  rpcUrl: z.url(),
  addresses: ledgerAddresses,
  /** Where sealed parts are fetched, in this order; each is checked by its hash. */
  edges: z.array(z.url()).min(1),
  /** The owner's address. Its key is never on this machine. */
  operator: address,
  /** State that outlives a restart: channels and grants. */
  directory: z.string().min(1),
  /** A GGUF file, or `hf:<user>/<repo>:<quant>`. */
  model: z.string().min(1),
  modelDirectory: z.string().min(1).optional(),
  engine,
  host: z.string().default('127.0.0.1'),
  port: z.number().int().min(0).max(65_535).default(8080),
  minDepositAtomic: atomicText.default('200000'),
  withdrawDelaySeconds: z.number().int().min(900).max(2_592_000).default(86_400),
  claimEverySeconds: z.number().int().min(1).max(86_400).default(300),
  /** The clock claims less than this only when it has been owed for a day. */
  claimMinimumAtomic: atomicText.default('10000'),
  quoteLifeSeconds: z.number().int().min(5).max(3_600).default(60),
  /** All parts of one work together: a node holds them in memory. */
  maxWorkBytes: z
    .number()
    .int()
    .min(65_536)
    .default(1024 ** 3),
  maxOpenBytes: z
    .number()
    .int()
    .min(65_536)
    .default(4 * 1024 ** 3),
  keyNodeTimeoutMs: z.number().int().min(100).max(60_000).default(5_000),
}

/** As `startInferenceNode` takes it: keys are 32-byte hex values. */
export const nodeConfig = z.strictObject({ ...settings, paymentKey: bytes32, sessionKey: bytes32 })
export type NodeConfig = z.input<typeof nodeConfig>
export type CheckedConfig = z.output<typeof nodeConfig>

const keySource = z.union([z.strictObject({ file: z.string() }), z.strictObject({ env: z.string() })])
const fileConfig = z.strictObject({ ...settings, paymentKey: keySource, sessionKey: keySource })

export function checkConfig<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const unknown = issue?.code === 'unrecognized_keys' ? ` (${issue.keys.join(', ')})` : ''
  throw new Problem('config_invalid', {
    param: issue?.path.join('.') ?? '',
    got: `${issue?.path.join('.') || 'the file'}${unknown}`,
    expected: issue?.message ?? 'a configuration',
  })
}

/** Reads a configuration file. Paths in it are relative to it. */
export function readConfig(path: string, overrides: Record<string, unknown> = {}): CheckedConfig {
  const file = checkConfig(fileConfig, { ...jsonFile(path), ...overrides })
  const here = (relative: string) => resolve(dirname(path), relative)
  return {
    ...file,
    directory: here(file.directory),
    model: /^(hf:|https:)/.test(file.model) ? file.model : here(file.model),
    ...(file.modelDirectory === undefined ? {} : { modelDirectory: here(file.modelDirectory) }),
    paymentKey: readKey(file.paymentKey, 'paymentKey', here),
    sessionKey: readKey(file.sessionKey, 'sessionKey', here),
  }
}

function jsonFile(path: string): object {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Problem('config_invalid', { got: path, expected: 'a JSON file that can be read', cause })
  }
}

function readKey(source: z.infer<typeof keySource>, param: string, here: (path: string) => string): Hex {
  const text = 'env' in source ? process.env[source.env] : keyFile(here(source.file), param)
  const key = bytes32.safeParse(text?.trim().replace(/^(?!0x)/, '0x'))
  if (!key.success)
    throw new Problem('config_invalid', { param, got: param, expected: '32 bytes as hex digits' })
  return key.data
}

function keyFile(path: string, param: string): string {
  try {
    if ((statSync(path).mode & 0o077) !== 0) {
      throw new Problem('config_invalid', {
        param,
        got: `${path} open to others`,
        expected: 'a key file with mode 0600',
      })
    }
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    throw new Problem('config_invalid', { param, got: path, expected: 'a key file that can be read', cause })
  }
}
