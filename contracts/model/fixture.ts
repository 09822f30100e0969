/** The contracts on a real chain, for the differential test: the same people and works as the model's, and acts by name. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChain } from '@grimoire/devnet/chain'
import { freePorts } from '@grimoire/devnet/ports'
import { type Abi, type Address, decodeErrorResult, encodeFunctionData, type Hex, parseAbi } from 'viem'
import { devnetAccount } from '../devnet-accounts.ts'
import { collectorAbi, collectorBytecode } from '../generated/collector.ts'
import { moneyAbi, moneyBytecode } from '../generated/money.ts'
import { multicall3Abi, multicall3Bytecode } from '../generated/multicall3.ts'
import { operatorsAbi, operatorsBytecode } from '../generated/operators.ts'
import { policyAbi, policyBytecode } from '../generated/policy.ts'
import { settlementAbi, settlementBytecode } from '../generated/settlement.ts'
import { worksAbi, worksBytecode } from '../generated/works.ts'
import { splitterAddress } from '../splitter.ts'
import { Market, type WorkTerms } from './market.ts'

const FEE_BPS = 250n
const PURSE_ATOMIC = 100_000_000_000n
const GAS = '0x3d0900'
const TRIES = 50
/** Errors of the money and of ERC-1155, which the ledger's ABI does not name. */
const FOREIGN_ERRORS = parseAbi([
  'error TransferFromFailed()',
  'error TransferFailed()',
  'error InsufficientBalance()',
  'error InsufficientAllowance()',
])

let gasPriceWei = 1_000_000_000n
/** No two calls are the same transaction, also after the chain went back: anvil keeps the receipts of what it undid. */
function freshGasPrice(): Hex {
  gasPriceWei += 1n
  return `0x${gasPriceWei.toString(16)}`
}

const deployer = devnetAccount(0)
export const treasury = devnetAccount(9)
export const people = [1, 2, 3, 4].map(devnetAccount)

/** Three works: one with a parent, one that is openable, one that is nearly sold out from the start. */
export const works: readonly WorkTerms[] = [
  {
    priceAtomic: 3_333_333n,
    resaleRoyaltyBps: 777n,
    usageRoyaltyBps: 3333n,
    cap: 40n,
    openable: true,
    parents: [],
  },
  {
    priceAtomic: 1n,
    resaleRoyaltyBps: 2500n,
    usageRoyaltyBps: 5000n,
    cap: 3n,
    openable: false,
    parents: [{ work: 0, shareBps: 1234n }],
  },
  { priceAtomic: 0n, resaleRoyaltyBps: 0n, usageRoyaltyBps: 1n, cap: 1000n, openable: true, parents: [] },
].map((terms, index) => ({ ...terms, creator: address(index) }))

export function address(index: number): Address {
  const person = people[index % people.length]
  if (!person) throw new RangeError('there are no people')
  return person.address
}

/** Everybody begins with two editions of the works that have enough of them, so that there is something to trade. */
const STOCK = [0, 2].flatMap(work => people.map((_, buyer) => [work, () => address(buyer)] as const))

/** The model as the chain is when a sequence begins. */
export function beginning(): Market {
  const market = new Market(works, FEE_BPS)
  for (const person of people) market.money.set(person.address, PURSE_ATOMIC)
  for (const [work, buyer] of STOCK) market.mint(buyer(), work, buyer(), 2n, PURSE_ATOMIC)
  return market
}

/** What a call came to: nothing, or the error that it reverted with. */
export type Outcome = { error: string | null }

export type World = Awaited<ReturnType<typeof startWorld>>

export async function startWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-model-'))
  const ports = await freePorts()
  const chain = await startChain({ port: ports.chain, statePath: join(folder, 'chain.json') })
  await chain.mineAtOnce()
  const { publicClient } = chain
  const wallet = chain.walletOf(deployer)
  async function put(name: string, abi: Abi, bytecode: Hex, args: readonly unknown[] = []): Promise<Address> {
    const hash = await wallet.deployContract({ abi, bytecode, args })
    const { contractAddress } = await publicClient.waitForTransactionReceipt({ hash })
    if (!contractAddress) throw new Error(`${name} was not deployed`)
    return contractAddress
  }

  const money = await put('TestMoney', moneyAbi, moneyBytecode)
  const roles = [deployer.address, treasury.address]
  const operators = await put('Operators', operatorsAbi, operatorsBytecode, [money, 1n, ...roles])
  const policy = await put('Policy', policyAbi, policyBytecode, [deployer.address, Number(FEE_BPS), []])
  const ledger = [money, operators, treasury.address, policy, 'https://edge.example']
  const worksAddress = await put('Works', worksAbi, worksBytecode, ledger)
  const settlement = await put('BatchSettlement', settlementAbi, settlementBytecode)
  const collector = await put('Erc3009Collector', collectorAbi, collectorBytecode, [settlement])

  const multicall3 = await put('Multicall3', multicall3Abi, multicall3Bytecode)

  const contracts = {
    money: { address: money, abi: moneyAbi },
    works: { address: worksAddress, abi: worksAbi },
    settlement: { address: settlement, abi: settlementAbi },
  } as const

  const rpc = <T>(method: string, params: unknown[]) =>
    publicClient.request({ method, params } as never) as Promise<T> // Safety: anvil's own methods, named by us.

  /** Sends a call from an account that anvil holds; says how it ended. */
  async function act(
    from: Address,
    name: keyof typeof contracts,
    functionName: string,
    args: readonly unknown[],
  ): Promise<Outcome> {
    const { address: to, abi } = contracts[name]
    // Safety: the acts below name functions and arguments of these very ABIs; a wrong one throws here.
    const data = encodeFunctionData({ abi: abi as Abi, functionName, args })
    const hash = await rpc<Hex>('eth_sendTransaction', [
      { from, to, data, gas: GAS, gasPrice: freshGasPrice() },
    ])
    if ((await statusOf(hash)) === '0x1') return { error: null }
    return { error: await whyReverted({ from, to, data }) }
  }

  /** anvil mines at once, and yet answers a moment before the block is there. */
  async function statusOf(hash: Hex): Promise<string> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const receipt = await rpc<{ status: string } | null>('eth_getTransactionReceipt', [hash])
      if (receipt) return receipt.status
      await sleep(tries)
    }
    throw new Error(`the chain does not mine ${hash}`)
  }

  async function whyReverted(call: { from: Address; to: Address; data: Hex }): Promise<string> {
    const failed = await publicClient
      .call({ account: call.from, to: call.to, data: call.data, gas: BigInt(GAS) })
      .then(() => null)
      .catch((error: unknown) => error)
    for (let link = failed; link instanceof Error; link = link.cause) {
      const raw = 'data' in link ? link.data : undefined
      if (typeof raw !== 'string' || !raw.startsWith('0x') || raw.length < 10) continue
      const abi = [...worksAbi, ...settlementAbi, ...moneyAbi, ...FOREIGN_ERRORS] as Abi
      return decodeErrorResult({ abi, data: raw as Hex }).errorName // Safety: just looked at.
    }
    return `no error: ${String(failed)}`
  }

  for (const person of people) {
    await act(deployer.address, 'money', 'mint', [person.address, PURSE_ATOMIC])
    await act(person.address, 'money', 'approve', [worksAddress, 2n ** 256n - 1n])
  }
  const workIds: bigint[] = []
  for (const [index, terms] of works.entries()) {
    const salt: Hex = `0x${(index + 1).toString(16).padStart(64, '0')}`
    const parents = terms.parents.map(({ work, shareBps }) => ({
      workId: workIds[work] ?? 0n,
      shareBps: Number(shareBps),
    }))
    const created = await act(terms.creator as Address, 'works', 'create', [
      salt,
      onChain(terms),
      parents,
      [],
      salt,
    ])
    if (created.error) throw new Error(`work ${index} was not created: ${created.error}`)
    const args = [terms.creator as Address, salt] as const // Safety: an address of ours, made above.
    workIds.push(await publicClient.readContract({ ...contracts.works, functionName: 'workIdOf', args }))
  }

  for (const [work, buyer] of STOCK) {
    const args = [workIds[work], 2n, buyer(), PURSE_ATOMIC]
    const minted = await act(buyer(), 'works', 'mint', args)
    if (minted.error) throw new Error(`work ${work} was not minted: ${minted.error}`)
  }

  return {
    chain,
    contracts,
    collector,
    multicall3,
    act,
    rpc,
    workIds,
    splitter: (work: number, operator: Address) =>
      splitterAddress(worksAddress, workIds[work] ?? 0n, operator),
    nowSeconds: async () => (await publicClient.getBlock()).timestamp,
    stop: async () => {
      await chain.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const onChain = (terms: WorkTerms) => ({
  kind: 0,
  disclosure: terms.openable ? 1 : 0,
  admission: 1,
  editionCap: Number(terms.cap),
  priceAtomic: Number(terms.priceAtomic),
  resaleRoyaltyBps: Number(terms.resaleRoyaltyBps),
  usageRoyaltyBps: Number(terms.usageRoyaltyBps),
  maxTurnFeeAtomic: 0,
  maxInputPerMillionBytesAtomic: 0,
  maxOutputPerMillionBytesAtomic: 0,
})
