/** Asks a money, before anything depends on it, whether it really takes EIP-2612 permits and EIP-3009 authorizations. */
import {
  type Address,
  BaseError,
  domainSeparator,
  encodeFunctionData,
  type Hex,
  HttpRequestError,
  keccak256,
  type PublicClient,
  parseAbi,
  parseSignature,
  stringToHex,
  TimeoutError,
  zeroHash,
} from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'

const DECIMALS = 6
const FOR_EVER = 2n ** 48n

/** What the ledger and x402 call, and what says how to sign for it. */
const moneyLikeAbi = parseAbi([
  'function decimals() view returns (uint8)',
  'function name() view returns (string)',
  'function version() view returns (string)',
  'function DOMAIN_SEPARATOR() view returns (bytes32)',
  'function RECEIVE_WITH_AUTHORIZATION_TYPEHASH() view returns (bytes32)',
  'function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)',
  'function receiveWithAuthorization(address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce, bytes signature)',
])

const permitTypes = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

const RECEIVE_TYPE =
  'ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)'

const receiveTypes = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

/** Reads one constant of the money; null if it has none. */
async function read(
  client: PublicClient,
  address: Address,
  functionName: 'decimals' | 'name' | 'version' | 'DOMAIN_SEPARATOR' | 'RECEIVE_WITH_AUTHORIZATION_TYPEHASH',
): Promise<string | number | null> {
  return client.readContract({ address, abi: moneyLikeAbi, functionName }).catch(refusedWith(null))
}

/** What is wrong with a money, each in one sentence. Nothing is sent: throwaway keys sign, and calls are simulated. */
export async function moneyFaults(client: PublicClient, money: Address): Promise<string[]> {
  if (!(await client.getCode({ address: money }))) return [`there is no contract at ${money}, the money`]
  const names = [
    'decimals',
    'name',
    'version',
    'DOMAIN_SEPARATOR',
    'RECEIVE_WITH_AUTHORIZATION_TYPEHASH',
  ] as const
  const [decimals, name, version, separator, typeHash] = await Promise.all(
    names.map(one => read(client, money, one)),
  )
  const faults: string[] = []
  const expect = (what: string, got: unknown, expected: unknown) => {
    if (got !== expected) faults.push(`the money ${money}, ${what}: got ${got}, expected ${expected}`)
  }
  expect('decimals', decimals, DECIMALS)
  expect('type hash of EIP-3009', typeHash, keccak256(stringToHex(RECEIVE_TYPE)))
  if (typeof name !== 'string' || typeof version !== 'string') {
    return [...faults, `the money ${money}: got no name or no version, expected both, of its EIP-712 domain`]
  }
  const domain = { name, version, chainId: await client.getChainId(), verifyingContract: money }
  expect('EIP-712 domain separator', separator, domainSeparator({ domain }))
  const probes = await Promise.all([permitFaults(client, domain), authorizationFaults(client, domain)])
  return [...faults, ...probes.flat()]
}

type Domain = { name: string; version: string; chainId: number; verifyingContract: Address }

/** A refusal is an answer; a chain that does not answer says nothing about its money. */
const refusedWith =
  <T>(answer: T) =>
  (error: unknown): T => {
    const isUnanswered = (cause: unknown) =>
      cause instanceof HttpRequestError || cause instanceof TimeoutError
    if (error instanceof BaseError && error.walk(isUnanswered) === null) return answer
    throw error
  }

/** Whether the money takes a call. */
const takes = (client: PublicClient, to: Address, account: Address, data: Hex): Promise<boolean> =>
  client.call({ account, to, data }).then(() => true, refusedWith(false))

/** A right signature must be taken, and the same one for another sum must not: else everything would be. */
async function permitFaults(client: PublicClient, domain: Domain): Promise<string[]> {
  const [owner, spender] = [privateKeyToAccount(generatePrivateKey()), freshAddress()]
  const message = { owner: owner.address, spender, value: 1n, nonce: 0n, deadline: FOR_EVER }
  const signature = await owner.signTypedData({ domain, types: permitTypes, primaryType: 'Permit', message })
  const { r, s, v = 27n } = parseSignature(signature)
  const permitOf = (value: bigint) =>
    encodeFunctionData({
      abi: moneyLikeAbi,
      functionName: 'permit',
      args: [owner.address, spender, value, FOR_EVER, Number(v), r, s],
    })
  const money = domain.verifyingContract
  const right = await takes(client, money, spender, permitOf(1n))
  const wrong = await takes(client, money, spender, permitOf(2n))
  return verdict(`an EIP-2612 permit`, money, right, wrong)
}

async function authorizationFaults(client: PublicClient, domain: Domain): Promise<string[]> {
  const [from, to] = [privateKeyToAccount(generatePrivateKey()), freshAddress()]
  const message = {
    ...{ from: from.address, to, value: 0n },
    ...{ validAfter: 0n, validBefore: FOR_EVER, nonce: zeroHash },
  }
  const primaryType = 'ReceiveWithAuthorization'
  const signature = await from.signTypedData({ domain, types: receiveTypes, primaryType, message })
  const receiveOf = (validBefore: bigint) =>
    encodeFunctionData({
      abi: moneyLikeAbi,
      functionName: 'receiveWithAuthorization',
      args: [from.address, to, 0n, 0n, validBefore, zeroHash, signature],
    })
  const money = domain.verifyingContract
  const right = await takes(client, money, to, receiveOf(FOR_EVER))
  const wrong = await takes(client, money, to, receiveOf(FOR_EVER - 1n))
  return verdict(`an EIP-3009 authorization with its signature in one piece`, money, right, wrong)
}

function verdict(what: string, money: Address, right: boolean, wrong: boolean): string[] {
  if (!right) return [`the money ${money} refuses ${what} that is signed rightly`]
  return wrong ? [`the money ${money} takes ${what} that was altered after it was signed`] : []
}

const freshAddress = (): Address => privateKeyToAccount(generatePrivateKey()).address
