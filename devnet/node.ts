/** The devnet's one inference node: its operator registered and bonded, its keys in the state folder. */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Market } from '@grimoire/client/market'
import { readOperator } from '@grimoire/client/operator-read'
import { registerOperator } from '@grimoire/client/operator-register'
import type { Wallet } from '@grimoire/client/wallet'
import type { NodeConfig } from '@grimoire/inference-node/config'
import { parseMoney } from '@grimoire/schema/amounts'
import type { Hex } from '@grimoire/schema/hex'
import type { Prices } from '@grimoire/schema/price'
import { sessionKeyFrom } from '@grimoire/seal/grant'
import { toHex } from 'viem'
import { people } from './accounts.ts'
import { MINIMUM_BOND_ATOMIC } from './ledger.ts'

/** What this operator asks: a tenth of a cent a turn, and about $4 for a million characters delivered. */
export const OPERATOR_PRICES: Prices = {
  turnFeeAtomic: String(parseMoney('0.001')),
  inputPerMillionBytesAtomic: String(parseMoney('1')),
  outputPerMillionBytesAtomic: String(parseMoney('4')),
}

/** The shortest that x402's settlement allows, so that a rehearsal of the exit takes minutes and not a day. */
const WITHDRAW_DELAY_SECONDS = 900

/** Half of the cores: the rest of the market runs beside the engine, whose threads wait for each other by spinning. */
export const engineThreads = (): number => Math.max(1, Math.floor(availableParallelism() / 2))

/** The node's session key: made once for a state folder, readable by its owner only. */
export function sessionSecret(folder: string): Hex {
  const path = join(folder, 'node-session.key')
  if (!existsSync(path)) writeFileSync(path, toHex(randomBytes(32)), { mode: 0o600 })
  return readFileSync(path, 'utf8') as Hex // Safety: written above.
}

function paymentSecret(): Hex {
  const { privateKey } = people.till.getHdKey()
  if (!privateKey) throw new RangeError('an account of a mnemonic has its private key')
  return toHex(privateKey)
}

export async function registerDevnetOperator(
  market: Market,
  wallet: Wallet,
  options: { folder: string; endpoint: string },
): Promise<void> {
  const known = await readOperator(market, { operator: people.olga.address })
  if (known) return
  await registerOperator(market, {
    wallet,
    endpoint: options.endpoint,
    sessionKey: sessionKeyFrom(sessionSecret(options.folder)).publicKey,
    paymentKey: people.till.address,
    prices: OPERATOR_PRICES,
    bondAtomic: MINIMUM_BOND_ATOMIC * 2n,
  })
}

export type NodeOptions = {
  folder: string
  port: number
  rpcUrl: string
  edgeUrl: string
  addresses: Market['addresses']
  model: string
}

export function nodeConfigOf({ folder, port, rpcUrl, edgeUrl, addresses, model }: NodeOptions): NodeConfig {
  const directory = join(folder, 'node')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  return {
    ...{ rpcUrl, addresses, model, port, directory },
    edges: [edgeUrl],
    operator: people.olga.address,
    modelDirectory: join(folder, 'models'),
    withdrawDelaySeconds: WITHDRAW_DELAY_SECONDS,
    claimEverySeconds: 60,
    engine: { threads: engineThreads() },
    drafts: { turnsPerDay: 50 },
    canaryEverySeconds: 60,
    paymentKey: paymentSecret(),
    sessionKey: sessionSecret(folder),
  }
}
