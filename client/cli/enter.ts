/** From settings to a market, a store and a wallet: what each of the gateway's commands begins with. */
import { networkAnswer } from '@grimoire/schema/catalogue'
import { DEVNET_CHAIN_ID } from '@grimoire/schema/devnet'
import { Problem } from '@grimoire/schema/problem'
import { createPublicClient, createWalletClient, defineChain, http, type LocalAccount } from 'viem'
import { mnemonicToAccount, privateKeyToAccount, toAccount } from 'viem/accounts'
import { checkLedger } from '../check-ledger.ts'
import { HOLDER } from '../gateway/bundle.ts'
import type { GatewayStore } from '../gateway/context.ts'
import { createMarket, type Market } from '../market.ts'
import { requestJson } from '../transport.ts'
import type { Wallet } from '../wallet.ts'
import { type Database, openDatabase } from './database.ts'
import { type PLAYERS, type Settings, storeFolder } from './options.ts'
import { readPassphrase } from './passphrase.ts'
import { openSecrets } from './secrets.ts'
import { readWalletFile } from './wallet-file.ts'

/** Public on purpose, as on the page: whoever sends real money to these accounts has given it away. */
const PLAY_MNEMONIC = 'test test test test test test test test test test test junk'
const PLAY_INDEX: Record<(typeof PLAYERS)[number], number> = { cleo: 4, dan: 5, ada: 2 }
/** What a devnet's store holds is worth nothing, and its wallet is everyone's. */
const PLAY_PASSPHRASE = 'devnet'

export type Entered = {
  market: Market
  rpcUrl: string
  isPlay: boolean
  folder: string
  database: Database
}

async function askNetwork(edge: string) {
  const endpoint = { fetch, url: edge.replace(/\/+$/, ''), timeoutMs: 5_000, unreachable: 'edge_unreachable' }
  return requestJson({ ...endpoint, unreachable: 'edge_unreachable' }, '/v1/network', {
    schema: networkAnswer,
  })
}

/** Which ledger, and where its chain is. An edge is believed on a devnet only: elsewhere a lie about it would cost money. */
async function findLedger(settings: Settings) {
  const { edge, rpc, addresses } = settings
  if (rpc && addresses) return { rpcUrl: rpc, addresses }
  if (edge === null) {
    throw new Problem('config_invalid', {
      param: rpc ? 'addresses' : 'rpc',
      got: 'mirrors, and no edge to name the ledger and its chain',
      expected: '--rpc URL, and the ledger’s addresses in the file of --config',
    })
  }
  if (addresses && addresses.chainId !== DEVNET_CHAIN_ID) {
    throw new Problem('config_invalid', {
      param: 'rpc',
      got: `only the word of ${edge} for where chain ${addresses.chainId} is`,
      expected: '--rpc URL, or `rpc` in the file of --config',
    })
  }
  const told = await askNetwork(edge)
  const known = addresses ?? told.addresses
  if (!addresses && known.chainId !== DEVNET_CHAIN_ID) {
    throw new Problem('config_invalid', {
      param: 'addresses',
      got: `only the word of ${edge} for chain ${known.chainId}`,
      expected: 'the ledger’s addresses in the file of --config',
    })
  }
  const rpcUrl = rpc ?? told.rpcUrls[0]
  if (rpcUrl) return { rpcUrl, addresses: known }
  throw new Problem('config_invalid', { param: 'rpc', got: 'no RPC endpoint', expected: '--rpc URL' })
}

/** A devnet that was begun anew is another ledger at the same addresses: the block it was deployed in tells them apart. */
async function ledgerName({ publicClient, addresses }: Market): Promise<string> {
  const block = await publicClient
    .getBlock({ blockNumber: BigInt(addresses.deployedAtBlock) })
    .catch(cause => {
      throw new Problem('chain_unreachable', { cause })
    })
  return [addresses.chainId, addresses.works.slice(2, 10), block.hash.slice(2, 10)].join('-').toLowerCase()
}

export async function enter(settings: Settings): Promise<Entered> {
  const { rpcUrl, addresses } = await findLedger(settings)
  const publicClient = createPublicClient({
    transport: http(rpcUrl),
    cacheTime: 0,
    ccipRead: false,
    batch: { multicall: false },
  })
  const market = createMarket({ addresses, publicClient, edgeUrl: settings.edge, mirrors: settings.mirror })
  await checkLedger(market)
  const folder = storeFolder(settings, await ledgerName(market))
  const isPlay = addresses.chainId === DEVNET_CHAIN_ID && settings.wallet === undefined
  return { market, rpcUrl, isPlay, folder, database: openDatabase(folder) }
}

export async function unlock({ database, isPlay }: Entered, settings: Settings): Promise<GatewayStore> {
  const { passphraseFile: file } = settings
  const variable = 'GRIMOIRE_PASSPHRASE'
  const isTold = file !== undefined || process.env[variable] !== undefined
  if (isPlay && !isTold) return openSecrets(database, PLAY_PASSPHRASE)
  const question = 'Passphrase of this gateway’s store: '
  return openSecrets(
    database,
    await readPassphrase({ variable, question, ...(file === undefined ? {} : { file }) }),
  )
}

/** Pays out of imported channels and cannot sign for more. */
function absentAccount(address: `0x${string}`): LocalAccount {
  const refuse = async (): Promise<never> => {
    throw new Problem('wallet_refused', {
      got: 'no wallet here',
      expected: '--wallet FILE, or a new bundle from the page',
    })
  }
  return toAccount({ address, signMessage: refuse, signTransaction: refuse, signTypedData: refuse })
}

async function accountOf(settings: Settings, entered: Entered, store: GatewayStore): Promise<LocalAccount> {
  const { wallet, walletPassphraseFile: file } = settings
  if (wallet !== undefined) {
    const source = { variable: 'GRIMOIRE_WALLET_PASSPHRASE', question: `Passphrase of ${wallet}: ` }
    const ask = () => readPassphrase({ ...source, ...(file === undefined ? {} : { file }) })
    return privateKeyToAccount(await readWalletFile(wallet, ask))
  }
  const holder = await store.get(HOLDER)
  if (holder?.startsWith('0x')) return absentAccount(holder as `0x${string}`) // Safety: begins so; an address when it was kept.
  if (entered.isPlay) return mnemonicToAccount(PLAY_MNEMONIC, { addressIndex: PLAY_INDEX[settings.play] })
  throw new Problem('config_invalid', {
    param: 'wallet',
    got: 'no wallet',
    expected: '--wallet FILE, or a bundle taken in by `grimoire import`',
  })
}

export async function openWallet(settings: Settings, entered: Entered, store: GatewayStore): Promise<Wallet> {
  const account = await accountOf(settings, entered, store)
  const { market, rpcUrl } = entered
  const chain = defineChain({
    id: market.addresses.chainId,
    name: `chain ${market.addresses.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  return createWalletClient({ account, chain, transport: http(rpcUrl), pollingInterval: 250 })
}
