/** Wallets that announce themselves to the page by EIP-6963: found, connected, and moved to the market’s chain. */
import type { Wallet } from '@grimoire/client/wallet'
import { Problem } from '@grimoire/schema/problem'
import {
  connect,
  createConfig,
  createStorage,
  getConnection,
  getWalletClient,
  reconnect,
  switchChain,
} from '@wagmi/core'
import type { Network } from '../chain/network.ts'
import { chainOf, transportOf } from '../chain/viem-chain.ts'
import { type Session, setSession } from './session.ts'

function makeConfig(network: Network) {
  const chain = chainOf(network)
  const config = createConfig({
    chains: [chain],
    transports: { [chain.id]: transportOf(network) },
    multiInjectedProviderDiscovery: true,
    storage: createStorage({ storage: localStorage, key: 'grimoire.wallets' }),
  })
  // Whoever changes the account in the wallet is someone else here as well.
  config.subscribe(
    state => (state.current ? state.connections.get(state.current) : undefined),
    connection => {
      const account = connection?.accounts[0]
      if (connection && account) setSession(sessionOf(connection.connector, account))
    },
  )
  return config
}

type Config = ReturnType<typeof makeConfig>
type Connector = Config['connectors'][number]

const sessionOf = ({ id, name }: Pick<Connector, 'id' | 'name'>, address: Session['address']): Session => ({
  kind: 'browser',
  id,
  name: name.slice(0, 80),
  address,
})

let made: Config | null = null
const configOf = (network: Network): Config => {
  made ??= makeConfig(network)
  return made
}

export type BrowserWallet = { id: string; name: string }

export const browserWallets = (network: Network): BrowserWallet[] =>
  configOf(network).connectors.map(({ id, name }) => ({ id, name }))

function connectorOf(config: Config, id: string): Connector {
  const found = config.connectors.find(connector => connector.id === id)
  if (found) return found
  throw new Problem('wallet_refused', { got: `no wallet ${id.slice(0, 60)} in this browser` })
}

const refused = (cause: unknown): never => {
  const got = cause instanceof Error ? cause.message.split('\n')[0] : undefined
  throw new Problem('wallet_refused', { ...(got ? { got } : {}), cause })
}

export async function connectBrowser(id: string, network: Network): Promise<Session> {
  const config = configOf(network)
  const connector = connectorOf(config, id)
  // On whatever chain it is: it is asked to switch when there is something to sign.
  const { accounts } = await connect(config, { connector }).catch(refused)
  return sessionOf(connector, accounts[0])
}

/** One that is on another chain and stays there. */
async function switchedTo(config: Config, chainId: number): Promise<void> {
  const here = getConnection(config).chainId
  if (here === chainId) return
  await switchChain(config, { chainId }).catch(cause => {
    throw new Problem('chain_wrong', {
      got: `a wallet on chain ${here}`,
      expected: `chain ${chainId}`,
      cause,
    })
  })
}

async function reconnected({ id }: Session, network: Network) {
  const config = configOf(network)
  const connector = connectorOf(config, id)
  if (getConnection(config).status !== 'connected') await reconnect(config, { connectors: [connector] })
  return { config, isHere: getConnection(config).status === 'connected' }
}

/** After a reload the wallet is asked silently first, and by its own dialog only if it has forgotten this page. */
export async function openBrowser(session: Session, network: Network): Promise<Wallet> {
  const { config, isHere } = await reconnected(session, network)
  if (!isHere) await connectBrowser(session.id, network)
  const { chainId } = network.addresses
  await switchedTo(config, chainId)
  const wallet = await getWalletClient(config, { account: session.address, chainId }).catch(refused)
  return wallet as Wallet // Safety: asked for with an account, so it has one.
}

/** The wallet as it is, without any dialog of it: null where only a dialog would bring it. */
export async function lookAtBrowser(session: Session, network: Network) {
  const { config, isHere } = await reconnected(session, network).catch(() => ({
    config: null,
    isHere: false,
  }))
  if (!config || !isHere) return { wallet: null, chainId: null }
  const { chainId } = getConnection(config)
  const wallet = await getWalletClient(config, { account: session.address }).catch(() => null)
  return { wallet: wallet as Wallet | null, chainId: chainId ?? null } // Safety: asked for with an account.
}
