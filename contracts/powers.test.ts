/** Every call of every ABI, made by a stranger on a real chain: what refuses for its owner's sake is docs/powers.md. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import {
  type Abi,
  type AbiFunction,
  type AbiParameter,
  type Address,
  BaseError,
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  http,
  pad,
  toFunctionSelector,
  toFunctionSignature,
} from 'viem'
import { DEVNET_MNEMONIC, devnetAccount } from './devnet-accounts.ts'
import { devnetChain } from './devnet-chain.ts'
import { anvilBinary } from './foundry.ts'
import { admissionsAbi } from './generated/admissions.ts'
import { collectorAbi, collectorBytecode } from './generated/collector.ts'
import { gateAbi, gateBytecode } from './generated/gate.ts'
import { keyNetworkAbi, keyNetworkBytecode } from './generated/key-network.ts'
import { moneyAbi, moneyBytecode } from './generated/money.ts'
import { multicall3Abi, multicall3Bytecode } from './generated/multicall3.ts'
import { operatorsAbi, operatorsBytecode } from './generated/operators.ts'
import { permit2Abi, permit2Bytecode } from './generated/permit2.ts'
import { permit2CollectorAbi, permit2CollectorBytecode } from './generated/permit2-collector.ts'
import { policyAbi, policyBytecode } from './generated/policy.ts'
import { settlementAbi, settlementBytecode } from './generated/settlement.ts'
import { worksAbi, worksBytecode } from './generated/works.ts'
import { GENERATED, root } from './sources.ts'

const deployer = devnetAccount(0)
const owner: Address = pad('0x0e', { size: 20 })
const treasury: Address = pad('0x0f', { size: 20 })
const stranger: Address = pad('0x5a', { size: 20 })
const NOT_OWNER = toFunctionSelector('Owned_NotOwner(address,address)')
const NOT_OFFERED = toFunctionSelector('Owned_NotOffered(address,address)')

type Deployed = { address: Address; abi: Abi }

let anvil: ChildProcess
let chain: ReturnType<typeof clientsOf>
let ledger: Map<string, Deployed>

function clientsOf(url: string) {
  const options = { chain: devnetChain, transport: http(url), pollingInterval: 20 } as const
  return {
    publicClient: createPublicClient(options),
    wallet: createWalletClient({ ...options, account: deployer }),
  }
}

async function startAnvil(): Promise<string> {
  anvil = spawn(anvilBinary(), ['--port', '0', '--mnemonic', DEVNET_MNEMONIC], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!anvil.stdout) throw new Error('anvil has no output to read its address from')
  for await (const line of createInterface({ input: anvil.stdout })) {
    const url = /Listening on (\S+)/.exec(line)?.[1]
    if (!url) continue
    anvil.stdout.resume()
    return `http://${url}`
  }
  throw new Error('anvil ended before it listened')
}

async function put(abi: Abi, bytecode: Hex, args: readonly unknown[] = []): Promise<Deployed> {
  const hash = await chain.wallet.deployContract({ abi, bytecode, args })
  const { contractAddress } = await chain.publicClient.waitForTransactionReceipt({ hash })
  if (!contractAddress) throw new Error('the chain names no address for what was deployed')
  return { address: contractAddress, abi }
}

async function deployAll(): Promise<Map<string, Deployed>> {
  const money = await put(moneyAbi, moneyBytecode)
  const operators = await put(operatorsAbi, operatorsBytecode, [money.address, 1n, owner, treasury])
  const policy = await put(policyAbi, policyBytecode, [owner, 250, []])
  const places = [money.address, operators.address, treasury, policy.address]
  const works = await put(worksAbi, worksBytecode, [...places, 'https://edge.example'])
  // Works deploys it first of all.
  const admissions = { address: getContractAddress({ from: works.address, nonce: 1n }), abi: admissionsAbi }
  const node = {
    endpoint: 'e',
    verificationKey: pad('0x01', { size: 48 }),
    nodeAddress: owner,
    ip: 1,
    port: 1,
  }
  const network = [owner, [node], 1n, pad('0x01', { size: 48 })]
  const settlement = await put(settlementAbi, settlementBytecode)
  const permit2 = await put(permit2Abi, permit2Bytecode)
  const permit2Places = [settlement.address, permit2.address]
  return new Map<string, Deployed>([
    ['TestMoney', money],
    ['Operators', operators],
    ['Policy', policy],
    ['Works', works],
    ['Admissions', admissions],
    ['Gate', await put(gateAbi, gateBytecode, [works.address, operators.address, admissions.address])],
    ['KeyNetwork', await put(keyNetworkAbi, keyNetworkBytecode, network)],
    ['BatchSettlement', settlement],
    ['Erc3009Collector', await put(collectorAbi, collectorBytecode, [settlement.address])],
    ['Permit2', permit2],
    ['Permit2Collector', await put(permit2CollectorAbi, permit2CollectorBytecode, permit2Places)],
    ['Multicall3', await put(multicall3Abi, multicall3Bytecode)],
  ])
}

before(async () => {
  chain = clientsOf(await startAnvil())
  ledger = await deployAll()
})

after(async () => {
  anvil.kill()
  await once(anvil, 'exit')
})

// ---------------------------------------------------------------------- the page

const page = readFileSync(join(root, '..', 'docs', 'powers.md'), 'utf8')

/** The rows of the table whose head begins with these columns, without their code marks. */
function tableOf(...columns: string[]): string[][] {
  const lines = page.split('\n')
  const head = lines.findIndex(line => line.startsWith(`| ${columns.join(' | ')} |`))
  assert.notEqual(head, -1, `docs/powers.md has no table with the columns ${columns.join(', ')}`)
  const rows: string[][] = []
  for (const line of lines.slice(head + 2)) {
    if (!line.startsWith('|')) break
    const cells = line.split('|').slice(1, -1)
    rows.push(cells.map(cell => cell.trim().replaceAll('`', '')))
  }
  return rows
}

const privileged = tableOf(
  'contract',
  'call',
  'who',
  'what it can do at most',
  'delay',
  'what it can never do',
)
const open = tableOf('contract', 'call', 'who', 'what it does')
const constants = tableOf('contract', 'constant', 'value', 'in words')

// ---------------------------------------------------------------------- the calls

/** An argument of this type: nothing at all, or one of something. */
function argument(parameter: AbiParameter, isPlausible: boolean): unknown {
  const { type } = parameter
  const array = /^(.*)\[\d*\]$/.exec(type)
  if (array) return isPlausible ? [argument({ ...parameter, type: array[1] ?? '' }, true)] : []
  if (type === 'tuple' && 'components' in parameter) {
    return Object.fromEntries(
      parameter.components.map(part => [part.name ?? '', argument(part, isPlausible)]),
    )
  }
  if (type === 'address') return isPlausible ? stranger : pad('0x', { size: 20 })
  if (type === 'bool') return isPlausible
  if (type === 'string') return isPlausible ? 'words' : ''
  if (type === 'bytes') return isPlausible ? pad('0x01', { size: 65 }) : '0x'
  const size = Number(/^bytes(\d+)$/.exec(type)?.[1] ?? 0)
  if (size > 0) return pad(isPlausible ? '0x01' : '0x', { size })
  return isPlausible ? 1n : 0n
}

/** What a stranger's call reverts with; nothing if it does not. */
async function refusal(to: Address, data: Hex): Promise<Hex | undefined> {
  try {
    await chain.publicClient.request({ method: 'eth_call', params: [{ from: stranger, to, data }, 'latest'] })
    return undefined
  } catch (error) {
    if (!(error instanceof BaseError)) throw error
    const found = error.walk(
      cause => cause instanceof Error && 'data' in cause && typeof cause.data === 'string',
    )
    // A revert without data has nothing to say; whatever else went wrong has no place here.
    if (!found || !('data' in found)) throw error
    return found.data as Hex
  }
}

const changing = (abi: Abi): AbiFunction[] =>
  abi.filter(item => item.type === 'function').filter(item => !/view|pure/.test(item.stateMutability))

async function refusals(contract: string, item: AbiFunction): Promise<string[]> {
  const deployed = ledger.get(contract)
  if (!deployed) throw new RangeError(`${contract} is not deployed here`)
  const selectors: string[] = []
  for (const isPlausible of [false, true]) {
    const args = item.inputs.map(input => argument(input, isPlausible))
    const data = encodeFunctionData({ abi: [item], functionName: item.name, args })
    selectors.push((await refusal(deployed.address, data))?.slice(0, 10) ?? 'allowed')
  }
  return selectors
}

async function callsThatRefuseWith(selector: string): Promise<string[]> {
  const found: string[] = []
  for (const [contract, { abi }] of ledger) {
    for (const item of changing(abi)) {
      const answers = await refusals(contract, item)
      if (answers.includes(selector)) {
        assert.deepEqual(
          new Set(answers),
          new Set([selector]),
          `${contract}.${toFunctionSignature(item)} asks first`,
        )
        found.push(`${contract}.${item.name}`)
      }
    }
  }
  return found.toSorted()
}

const named = (rows: string[][]): string[] => rows.map(([contract, call]) => `${contract}.${call}`).toSorted()

test('every contract that is published is deployed and asked', () => {
  assert.deepEqual([...ledger.keys()].toSorted(), GENERATED.map(({ contract }) => contract).toSorted())
})

test('what only an owner can call is exactly the table of docs/powers.md', async () => {
  assert.deepEqual(await callsThatRefuseWith(NOT_OWNER), named(privileged))
  for (const [contract, call, who] of privileged) assert.equal(who, 'owner', `${contract}.${call}`)
})

test('what carries an announcement out asks for no owner', async () => {
  const accepting = open.filter(([, , who]) => who !== 'anyone')
  assert.deepEqual(await callsThatRefuseWith(NOT_OFFERED), named(accepting))
  for (const [contract = '', call] of open) {
    const item = changing(ledger.get(contract)?.abi ?? []).find(({ name }) => name === call)
    assert.ok(item, `${contract} has no call ${call}`)
    assert.equal((await refusals(contract, item)).includes(NOT_OWNER), false, `${contract}.${call}`)
  }
})

test('the constants that bound the owners are what the page says', async () => {
  for (const [contract = '', functionName = '', value = ''] of constants) {
    const deployed = ledger.get(contract)
    assert.ok(deployed, contract)
    const found = await chain.publicClient.readContract({ ...deployed, functionName })
    assert.equal(String(found), value, `${contract}.${functionName}`)
  }
})

test('only the contracts of the page have an owner, and no ABI offers a way to upgrade, pause or re-point', () => {
  const owners = new Set(privileged.map(([contract]) => contract))
  for (const [contract, { abi }] of ledger) {
    const names = abi.filter(item => item.type === 'function').map(({ name }) => name)
    assert.equal(names.includes('owner'), owners.has(contract), contract)
    assert.deepEqual(
      names.filter(name =>
        /upgrade|pause|implementation|initialize|setTreasury|setMoney|setPolicy/i.test(name),
      ),
      [],
      contract,
    )
  }
})
