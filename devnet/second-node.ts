/** Another operator's node on a running market, in a process of its own: to see what happens when a machine dies. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { registerOperator } from '@grimoire/client/operator-register'
import { setAdmitted } from '@grimoire/client/set-admitted'
import type { Hex } from '@grimoire/schema/hex'
import { sessionKeyFrom } from '@grimoire/seal/grant'
import { type LocalAccount, toHex } from 'viem'
import { people } from './accounts.ts'
import { MINIMUM_BOND_ATOMIC } from './ledger.ts'
import type { Devnet } from './market.ts'
import { nodeConfigOf, OPERATOR_PRICES, sessionSecret } from './node.ts'
import { type Running, startService } from './process.ts'
import { DEMO_MODEL_PATH } from './seeds.ts'

const OWNER = people.dan
/** Has gas, and nothing else. */
const PAYER = people.stranger

function configFile(devnet: Devnet, folder: string): string {
  const { addresses, chain, edge } = devnet
  const {
    paymentKey: _devnets,
    sessionKey,
    ...settings
  } = nodeConfigOf({
    ...{ folder, addresses, port: 0, model: DEMO_MODEL_PATH },
    ...{ rpcUrl: chain.rpcUrl, edgeUrl: edge.url },
  })
  const keyFile = (name: string, key: string) => {
    const file = join(folder, name)
    writeFileSync(file, `${key}\n`, { mode: 0o600 })
    return { file }
  }
  const { privateKey } = PAYER.getHdKey()
  if (!privateKey) throw new RangeError('an account of a mnemonic has its private key')
  const keys = {
    paymentKey: keyFile('payment.key', toHex(privateKey)),
    sessionKey: keyFile('session.key', sessionKey),
  }
  const path = join(folder, 'node.json')
  // Whoever was cut off from it waits this long for it to come back.
  const rest = { operator: OWNER.address, turnGraceMs: 2_000, claimEverySeconds: 3_600 }
  writeFileSync(path, JSON.stringify({ ...settings, ...rest, ...keys }))
  return path
}

/** Registered and bonded, and admitted to one work. */
export async function startSecondNode(
  devnet: Devnet,
  {
    workId,
    creator,
    front = async url => url,
  }: {
    workId: string
    creator: LocalAccount
    /** What stands before it, and is registered in its place. */
    front?: (url: string) => Promise<string>
  },
): Promise<Running & { url: string; operator: Hex }> {
  const folder = join(devnet.folder, 'second')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const running = await startService({
    name: 'the second node',
    program: process.execPath,
    args: [
      join(import.meta.dirname, '..', 'inference-node', 'main.ts'),
      '--config',
      configFile(devnet, folder),
    ],
  })
  const operator = OWNER.address
  try {
    await registerOperator(devnet.market, {
      wallet: devnet.walletOf(OWNER),
      endpoint: await front(running.url),
      sessionKey: sessionKeyFrom(sessionSecret(folder)).publicKey,
      paymentKey: PAYER.address,
      prices: OPERATOR_PRICES,
      bondAtomic: MINIMUM_BOND_ATOMIC * 2n,
    })
    await setAdmitted(devnet.market, { wallet: devnet.walletOf(creator), workId, operator, admitted: true })
  } catch (error) {
    await running.stop()
    throw error
  }
  return { ...running, operator }
}
