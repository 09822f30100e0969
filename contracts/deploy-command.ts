/** The three things that `npm run deploy` does: say what would happen, deploy, verify. */
import {
  type Account,
  type Chain,
  createPublicClient,
  createTestClient,
  createWalletClient,
  formatEther,
  formatGwei,
  http,
  isAddressEqual,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'
import { type Addresses, COLLECTOR_ADDRESS, MULTICALL3_ADDRESS, SETTLEMENT_ADDRESS } from './addresses.ts'
import { type Created, checkChain, checkProxy } from './creation.ts'
import { addressesOf, createAll, firstBlock, installSettlement } from './deploy.ts'
import { type DeploymentFiles, loadAddresses, loadTerms, saveDeployment } from './deployments.ts'
import { type Forecast, forecast } from './dry-run.ts'
import { givenFaults } from './given-check.ts'
import { moneyFaults } from './money-check.ts'
import type { Network } from './networks.ts'
import { type Plan, planLedger, type Terms } from './plan.ts'
import { placeFaults, verifyLedger } from './verify.ts'

export type Request = {
  network: Network
  rpcUrl: string
  /** What is written, and read by later runs. */
  files: DeploymentFiles
  /** Left out, the terms that an earlier run wrote. */
  termsPath?: string
  /** Since which block events are looked for; left out, the chain is asked. */
  fromBlock?: number
  say: (line: string) => void
}

/** What a run works on, after everything that can be checked without a key. */
type Prepared = { client: PublicClient; terms: Terms; plan: Plan; known: Addresses | null }

const FIXED = { settlement: SETTLEMENT_ADDRESS, collector: COLLECTOR_ADDRESS, multicall3: MULTICALL3_ADDRESS }

/** Prints each address and its gas, and the sum; refuses whatever a deployment would refuse. Needs no key. */
export async function dryRun(request: Request): Promise<Forecast> {
  const prepared = await prepare(request)
  if (request.network.isPublic) await checkGiven(request, prepared)
  const found = await forecast(prepared.client, prepared.plan, prepared.terms.owner)
  await sayForecast(request, prepared, found)
  request.say('Nothing was sent.')
  return found
}

/** Deploys what is missing, verifies all of it, and writes where it stands. */
export async function deploy(
  request: Request,
  { account, ownerIsDeployer }: { account: Account; ownerIsDeployer: boolean },
): Promise<{ addresses: Addresses; created: Created[] }> {
  const { network, say, files } = request
  const prepared = await prepare(request)
  const { client, terms, plan, known } = prepared
  checkOwner(terms, account, ownerIsDeployer, network)
  const walletClient = createWalletClient({ ...clientOptions(request), account })
  const deployer = { publicClient: client, walletClient }
  if (network.isPublic) await checkGiven(request, prepared)
  else await installSettlement({ ...deployer, testClient: developmentClient(request) })
  const expected = await forecast(client, plan, account.address)
  await sayForecast(request, prepared, expected)
  await checkBalance(client, walletClient, expected)
  const created = await createAll(deployer, plan, ({ creation, blockNumber, gasUsed }) =>
    say(`${creation.name} created in block ${blockNumber}, gas ${grouped(gasUsed)}`),
  )
  const addresses = addressesOf(plan, network.chain.id, await blockOf(request, prepared, created))
  throwFaults(await verifyLedger(client, addresses, terms, network.money), 'Nothing was written.')
  const changed = saveDeployment(files, addresses, terms)
  const stands = created.length === 0 ? 'Everything stood already' : 'Everything stands'
  say(`${stands} and is verified; ${files.addresses} ${changed || !known ? 'is written' : 'is unchanged'}.`)
  return { addresses, created }
}

/** Reads everything back from the chain. */
export async function verify(request: Request): Promise<void> {
  const { files, network, say } = request
  const client = await connect(request)
  const addresses = loadAddresses(files)
  if (!addresses) {
    throw new Error(
      `there are no addresses at ${files.addresses}. Deploy first, or name the folder by --folder.`,
    )
  }
  const terms = loadTerms(request.termsPath ?? files.terms, network.isPublic)
  throwFaults(
    await verifyLedger(client, addresses, terms, network.money),
    'Trust nothing of it before each is explained. What changed by the ledger’s own rules belongs under "since" in the terms; ' +
      'for a ledger of older code, check out the commit that deployed it.',
  )
  say(`Verified on ${network.chain.name}: code, terms, pointers, key network, money and x402's contracts.`)
}

const clientOptions = ({ network, rpcUrl }: Request) => ({
  ...{ chain: network.chain as Chain, transport: http(rpcUrl), cacheTime: 0 },
  ...(network.isPublic ? {} : { pollingInterval: 50 }),
})

const developmentClient = (request: Request) => createTestClient({ ...clientOptions(request), mode: 'anvil' })

async function connect(request: Request): Promise<PublicClient> {
  const client = createPublicClient({ ...clientOptions(request), ccipRead: false })
  await checkChain(client, request.network.chain.id)
  return client
}

async function prepare(request: Request): Promise<Prepared> {
  const { network, files } = request
  const terms = loadTerms(request.termsPath ?? files.terms, network.isPublic)
  const client = await connect(request)
  await checkProxy(client)
  const known = loadAddresses(files)
  const moved = known ? placeFaults(known, terms, network.money) : []
  throwFaults(moved, `Correct the terms, or move ${files.addresses} away to deploy a second ledger.`)
  return { client, terms, plan: planLedger(terms, network.money), known }
}

/** What we do not deploy has to be there, and to be what it is called, before anything is sent. */
async function checkGiven({ network }: Request, { client, plan }: Prepared): Promise<void> {
  const given = await givenFaults(client, { chainId: network.chain.id, ...FIXED })
  throwFaults(given, 'Nothing was sent: x402 and Multicall3 must stand before the ledger does.')
  const money = await moneyFaults(client, plan.addresses.money)
  throwFaults(
    money,
    'Nothing was sent: the ledger would be worth nothing with this money. See contracts/networks.ts.',
  )
}

/** Who sends transactions has its key on this machine; who owns the ledger should not. */
function checkOwner({ owner }: Terms, account: Account, isMeant: boolean, { isPublic }: Network): void {
  if (!isPublic || isMeant || !isAddressEqual(owner, account.address)) return
  throw new Error(
    `owner: got ${owner}, the very account that deploys, expected another, as a multisig, whose keys are not on this machine. ` +
      'Correct the terms, or pass --owner-is-deployer if it is meant and ownership is offered onwards later.',
  )
}

async function checkBalance(
  client: PublicClient,
  { account }: WalletClient<Transport, Chain, Account>,
  { gas }: Forecast,
): Promise<void> {
  const [balance, { maxFeePerGas }] = await Promise.all([
    client.getBalance({ address: account.address }),
    client.estimateFeesPerGas(),
  ])
  if (balance >= gas * maxFeePerGas) return
  throw new Error(
    `${account.address}: got ${formatEther(balance)} ether, expected at least ${formatEther(gas * maxFeePerGas)} for gas. ` +
      'Send it some, then run the command again.',
  )
}

async function blockOf(request: Request, prepared: Prepared, created: Created[]): Promise<bigint> {
  const { known, client, plan } = prepared
  if (known) return BigInt(known.deployedAtBlock)
  if (request.fromBlock !== undefined) return BigInt(request.fromBlock)
  return firstBlock(client, plan, created).catch(() => {
    throw new Error(
      'the chain has forgotten in which block the first contract was created. Look it up and pass it by --from-block.',
    )
  })
}

async function sayForecast(
  { network, say }: Request,
  { client, terms }: Prepared,
  found: Forecast,
): Promise<void> {
  const [blockNumber, gasPrice, ownerCode] = await Promise.all([
    client.getBlockNumber(),
    client.getGasPrice(),
    client.getCode({ address: terms.owner }),
  ])
  say(`${network.chain.name}, chain ${network.chain.id}, at block ${blockNumber}`)
  for (const { name, address, stands, gas } of found.rows) {
    say(`  ${name.padEnd(12)} ${address} ${(stands ? 'stands' : grouped(gas)).padStart(12)}`)
  }
  say(`  ${'gas'.padEnd(12)} ${''.padEnd(42)} ${grouped(found.gas).padStart(12)}`)
  const cost = `${formatEther(found.gas * gasPrice)} ether at ${formatGwei(gasPrice)} gwei`
  say(`  ${cost}${network.isPublic ? ', and what the chain asks for its data' : ''}`)
  const kind = ownerCode ? 'a contract' : 'a plain account: one key is all that guards its powers'
  say(`  owner ${terms.owner}, ${kind}`)
  if (!found.isExact) say('  This chain simulates no blocks: each figure is an estimate, up to 2 % too high.')
}

const grouped = (value: bigint): string => value.toLocaleString('en-US')

function throwFaults(faults: readonly string[], mend: string): void {
  if (faults.length > 0) throw new Error(`${faults.join('\n')}\n${mend}`)
}
