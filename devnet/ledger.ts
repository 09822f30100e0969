/** Deploys the ledger to a fresh devnet chain, once; later starts read where it stands. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { deployLedger, installSettlement } from '@grimoire/contracts/deploy'
import { devnetFiles, loadAddresses, saveDeployment } from '@grimoire/contracts/deployments'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { parseMoney } from '@grimoire/schema/amounts'
import { people } from './accounts.ts'
import type { Chain } from './chain.ts'
import { registryRows, shares, THRESHOLD } from './keepers.ts'
import type { Ports } from './ports.ts'

export const PROTOCOL_FEE_BPS = 250
export const MINIMUM_BOND_ATOMIC = parseMoney('100')
const PURSE_ATOMIC = parseMoney('10000')

/** The ledger of this folder's chain, or null when the chain is new. */
export const readAddresses = (folder: string): Addresses | null => loadAddresses(devnetFiles(folder))

/** Everyone with a part to play gets test money; it is worth nothing and anyone may mint it. */
async function fillPurses(chain: Chain, money: Addresses['money']): Promise<void> {
  const wallet = chain.walletOf(people.owner)
  for (const { address } of [people.ada, people.bela, people.cleo, people.dan, people.olga]) {
    const args = [address, PURSE_ATOMIC] as const
    const hash = await wallet.writeContract({ address: money, abi: moneyAbi, functionName: 'mint', args })
    await chain.publicClient.waitForTransactionReceipt({ hash })
  }
}

export async function deployDevnetLedger(
  chain: Chain,
  { folder, ports }: { folder: string; ports: Ports },
): Promise<Addresses> {
  const deployer = { publicClient: chain.publicClient, walletClient: chain.walletOf(people.owner) }
  const dealt = shares(folder)
  await installSettlement({ ...deployer, testClient: chain.testClient })
  const terms = {
    owner: people.owner.address,
    treasury: people.treasury.address,
    slashedTo: people.treasury.address,
    protocolFeeBps: PROTOCOL_FEE_BPS,
    minimumBondAtomic: MINIMUM_BOND_ATOMIC,
    keyNetwork: {
      nodes: registryRows(dealt, ports.keyNodes),
      threshold: THRESHOLD,
      networkKey: dealt.networkKey,
    },
    metadataBase: `http://127.0.0.1:${ports.edge}`,
    accountCodeHashes: [],
  }
  const addresses = await deployLedger({ ...deployer, ...terms })
  await fillPurses(chain, addresses.money)
  // Last: a start that was cut before deploys anew, and finds what stands.
  saveDeployment(devnetFiles(folder), addresses, terms)
  return addresses
}
