/** A small world for this folder's tests: a real chain, the real ledger, funded people, one bonded operator. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Addresses } from '@grimoire/contracts/addresses'
import { deployLedger, installSettlement, type LedgerOptions } from '@grimoire/contracts/deploy'
import { devnetAccount } from '@grimoire/contracts/devnet-accounts'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { anvilBinary } from '@grimoire/contracts/foundry'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import type { Prices } from '@grimoire/schema/price'
import { type Terms, termsToChain } from '@grimoire/schema/work'
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  http,
  type PublicClient,
  parseEther,
} from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { createMarket, type Ledger } from './market.ts'
import { registerOperator } from './operator-register.ts'
import { workIdOf } from './publish-work.ts'
import { randomBytes32, sendCall, type Wallet } from './wallet.ts'

export const PRICES: Prices = {
  turnFeeAtomic: '200',
  inputPerMillionBytesAtomic: '100000',
  outputPerMillionBytesAtomic: '1000000',
}

export const TERMS: Terms = {
  kind: 'chatbot',
  disclosure: 'sealed',
  admission: 'listed',
  editionCap: 3,
  priceAtomic: '5000000',
  resaleRoyaltyBps: 1000,
  usageRoyaltyBps: 2000,
  maxTurnFeeAtomic: '500',
  maxInputPerMillionBytesAtomic: '500000',
  maxOutputPerMillionBytesAtomic: '2000000',
}

export const TREASURY: Hex = '0x00000000000000000000000000000000000000f1'

/** A chain on a free port of this machine; its own output says which. */
export async function startChain(): Promise<{ url: string; stop: () => void }> {
  const child: ChildProcess = spawn(anvilBinary(), ['--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (data: Buffer) => {
      text += data
      const found = /Listening on 127\.0\.0\.1:(\d+)/.exec(text)?.[1]
      if (found) resolve(found)
    })
    child.once('exit', code => reject(new Error(`the chain ended with ${code}: ${text.slice(-300)}`)))
  })
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() }
}

export type World = Awaited<ReturnType<typeof startWorld>>

/** Key nodes that nobody asks, for a ledger whose tests open nothing. */
const NO_KEEPERS: LedgerOptions['keyNetwork'] = {
  nodes: [
    {
      endpoint: 'http://127.0.0.1:9',
      verificationKey: `0x${'b1'.repeat(48)}`,
      nodeAddress: '0x00000000000000000000000000000000000000b1',
      ip: 0x7f000001,
      port: 9,
    },
  ],
  threshold: 1,
  networkKey: `0x${'a1'.repeat(48)}`,
}

export async function startWorld(keyNetwork = NO_KEEPERS) {
  const chain = await startChain()
  const options = {
    chain: devnetChain,
    transport: http(chain.url),
    pollingInterval: 20,
    cacheTime: 0,
  } as const
  const publicClient: PublicClient = createPublicClient(options)
  const testClient = createTestClient({ ...options, mode: 'anvil' })
  const deployer = createWalletClient({
    ...options,
    account: devnetAccount(0),
  })
  const deployment = { publicClient, walletClient: deployer }
  const addresses: Addresses = await deployLedger({
    ...deployment,
    owner: deployer.account.address,
    treasury: TREASURY,
    protocolFeeBps: 250,
    minimumBondAtomic: 100_000_000n,
    keyNetwork,
    metadataBase: 'http://127.0.0.1:8787',
  })
  await installSettlement({ ...deployment, testClient })
  const ledger: Ledger = { addresses, publicClient }

  const fund = (account: Hex, amountAtomic: bigint) =>
    sendCall(ledger, {
      wallet: deployer,
      to: addresses.money,
      data: encodeFunctionData({ abi: moneyAbi, functionName: 'mint', args: [account, amountAtomic] }),
      what: 'making test money',
    })
  /** Someone with gas and, unless said otherwise, 1000 dollars of test money. */
  const person = async (moneyAtomic = 1_000_000_000n): Promise<Wallet & { account: PrivateKeyAccount }> => {
    const account = privateKeyToAccount(generatePrivateKey())
    await testClient.setBalance({ address: account.address, value: parseEther('10') })
    if (moneyAtomic > 0n) await fund(account.address, moneyAtomic)
    return createWalletClient({ ...options, account })
  }
  const market = (edgeUrl = 'http://127.0.0.1:9') => createMarket({ ...ledger, edgeUrl, timeoutMs: 5_000 })
  return { ...chain, ...ledger, ledger, testClient, owner: deployer, fund, person, market }
}

/** A work on the chain, without a bundle behind it: enough for what only the ledger decides. */
export async function createBareWork(
  { ledger }: Pick<World, 'ledger'>,
  creator: Wallet,
  given: {
    terms?: Partial<Terms>
    admitted?: Hex[]
    contentHash?: Hex
    salt?: Hex
    parents?: { workId: bigint; shareBps: number }[]
  } = {},
): Promise<string> {
  const salt = given.salt ?? randomBytes32()
  const terms = termsToChain({ ...TERMS, ...given.terms })
  const contentHash = given.contentHash ?? randomBytes32()
  await sendCall(ledger, {
    wallet: creator,
    to: ledger.addresses.works,
    data: encodeFunctionData({
      abi: worksAbi,
      functionName: 'create',
      args: [salt, terms, given.parents ?? [], given.admitted ?? [], contentHash],
    }),
    what: 'creating a work',
  })
  return workIdOf(creator.account.address, salt)
}

/** A bonded operator with its three keys. */
export async function joinOperator(world: Pick<World, 'person' | 'ledger'>, endpoint = 'http://127.0.0.1:9') {
  const wallet = await world.person()
  const payment = privateKeyToAccount(generatePrivateKey())
  const sessionKey = randomBytes32()
  await registerOperator(world.ledger, {
    wallet,
    endpoint,
    sessionKey,
    paymentKey: payment.address,
    prices: PRICES,
    bondAtomic: 100_000_000n,
  })
  return { wallet, operator: wallet.account.address, payment, sessionKey }
}

/** A real HTTP server on a free port, for a party that misbehaves. */
export async function serveHttp(
  listener: RequestListener,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // Safety: a TCP server that is listening has one.
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

/** Everything that an iterable yields. */
export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
