/** What is signed for one chain is worth nothing on another, also where the same ledger stands at the very same addresses. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  BaseError,
  ContractFunctionRevertedError,
  defineChain,
  encodeAbiParameters,
  type Hex,
  keccak256,
  parseAbiParameters,
  toFunctionSelector,
  type WriteContractParameters,
} from 'viem'
import type { Addresses } from './addresses.ts'
import { deployLedger, installSettlement } from './deploy.ts'
import { devnetChain } from './devnet-chain.ts'
import { type Anvil, people, person, publicTerms, startAnvil } from './fixture.ts'
import { moneyAbi } from './generated/money.ts'
import { settlementAbi } from './generated/settlement.ts'
import { worksAbi } from './generated/works.ts'

const [creator, buyer, relayer] = [person(1), person(2), person(3)]
const PRICE_ATOMIC = 5_000_000n
const SALT: Hex = `0x${'5a'.repeat(32)}`
const FOR_EVER = 2n ** 40n
/** `TestMoney_BadSignature(address)`, which the ledger passes on and does not name itself. */
const BAD_MONEY_SIGNATURE = toFunctionSelector('function TestMoney_BadSignature(address)')

type Place = Anvil & { id: number; addresses: Addresses; workId: bigint }
const places: Place[] = []

const fields = (text: string) =>
  text.split(',').map(field => {
    const [type = '', name = ''] = field.split(' ')
    return { type, name }
  })
const TYPES = {
  Listing: fields(
    'address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds',
  ),
  ReceiveWithAuthorization: fields(
    'address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce',
  ),
  Voucher: fields('bytes32 channelId,uint128 maxClaimableAmount'),
}

/** The same ledger, with one work and one edition of it in the creator's own hand. */
async function settle(id: number): Promise<Place> {
  const anvil = await startAnvil(defineChain({ ...devnetChain, id }))
  const deployer = { publicClient: anvil.publicClient, walletClient: anvil.walletOf(people.deployer) }
  await installSettlement({ ...deployer, testClient: anvil.testClient })
  const addresses = await deployLedger({ ...deployer, ...publicTerms })
  const works = { address: addresses.works, abi: worksAbi } as const
  const terms = {
    ...{ kind: 1, disclosure: 0, admission: 1, editionCap: 9, priceAtomic: Number(PRICE_ATOMIC) },
    ...{ resaleRoyaltyBps: 500, usageRoyaltyBps: 500, maxTurnFeeAtomic: 0 },
    ...{ maxInputPerMillionBytesAtomic: 0, maxOutputPerMillionBytesAtomic: 0 },
  }
  const place = { ...anvil, id, addresses, workId: 0n }
  await send(place, creator, { ...works, functionName: 'create', args: [SALT, terms, [], [], SALT] })
  const args = [creator.address, SALT] as const
  place.workId = await anvil.publicClient.readContract({ ...works, functionName: 'workIdOf', args })
  const money = { address: addresses.money, abi: moneyAbi } as const
  for (const { address } of [creator, buyer]) {
    await send(place, relayer, { ...money, functionName: 'mint', args: [address, 10n * PRICE_ATOMIC] })
  }
  await send(place, creator, { ...money, functionName: 'approve', args: [addresses.works, FOR_EVER] })
  await send(place, creator, {
    ...works,
    functionName: 'mint',
    args: [place.workId, 1n, creator.address, PRICE_ATOMIC],
  })
  await send(place, buyer, { ...money, functionName: 'approve', args: [addresses.works, FOR_EVER] })
  return place
}

type Call = Omit<WriteContractParameters, 'account' | 'chain'>

async function send(place: Anvil, from: ReturnType<typeof person>, call: Call): Promise<void> {
  const wallet = place.walletOf(from)
  // Safety: the calls below name functions of these very ABIs; a wrong one throws here.
  const hash = await wallet.writeContract({
    ...call,
    account: from,
    chain: wallet.chain,
  } as WriteContractParameters)
  const { status } = await place.publicClient.waitForTransactionReceipt({ hash })
  assert.equal(status, 'success', call.functionName)
}

/** The name of the error that a call is refused with; null if it is not. */
async function refusal(place: Place, from: ReturnType<typeof person>, call: Call): Promise<string | null> {
  const asked = place.publicClient.simulateContract({ ...call, account: from } as never) // Safety: as above.
  const error = await asked.then(
    () => null,
    (failure: unknown) => failure,
  )
  if (error === null) return null
  const cause =
    error instanceof BaseError && error.walk(link => link instanceof ContractFunctionRevertedError)
  return cause instanceof ContractFunctionRevertedError
    ? (cause.data?.errorName ?? cause.signature ?? '')
    : String(error)
}

before(async () => {
  for (const id of [31_337, 31_338]) places.push(await settle(id))
})
after(async () => {
  for (const place of places) await place.stop()
})

function both(): [here: Place, there: Place] {
  const [here, there] = places
  assert.ok(here && there)
  return [here, there]
}

const sellerDomain = ({ id, addresses }: Place) =>
  ({ name: 'Grimoire Works', version: '1', chainId: id, verifyingContract: addresses.works }) as const

const moneyDomain = ({ id, addresses }: Place) =>
  ({ name: 'Test Dollar', version: '1', chainId: id, verifyingContract: addresses.money }) as const

const listing = (workId: bigint) => ({
  ...{ seller: creator.address, workId, quantity: 1n, priceAtomic: PRICE_ATOMIC, minProceedsAtomic: 0n },
  ...{ nonce: 0n, counter: 0n, expiresAtSeconds: BigInt(Math.floor(Date.now() / 1000) + 86_400) },
})

test('the two chains have the same ledger at the same addresses, and the same work', () => {
  const [here, there] = both()
  assert.deepEqual(
    { ...here.addresses, chainId: 0, deployedAtBlock: 0 },
    { ...there.addresses, chainId: 0, deployedAtBlock: 0 },
  )
  assert.equal(here.workId, there.workId)
})

test('a listing signed for one chain is bought there and refused on the other', async () => {
  const [here, there] = both()
  const message = listing(here.workId)
  const domain = sellerDomain(here)
  const signature = await creator.signTypedData({ domain, types: TYPES, primaryType: 'Listing', message })
  const args = [message, buyer.address, 1n, signature]
  const buy = (place: Place) =>
    refusal(place, buyer, { address: place.addresses.works, abi: worksAbi, functionName: 'buy', args })
  assert.equal(await buy(here), null)
  assert.equal(await buy(there), 'Works_BadSignature')
})

test('a payment authorized on one chain mints there and is refused on the other', async () => {
  const [here, there] = both()
  const works = { address: here.addresses.works, abi: worksAbi } as const
  const nonce = await here.publicClient.readContract({
    ...works,
    functionName: 'mintNonce',
    args: [here.workId, 1n, buyer.address, SALT],
  })
  const message = {
    ...{ from: buyer.address, to: here.addresses.works, value: PRICE_ATOMIC },
    ...{ validAfter: 0n, validBefore: FOR_EVER, nonce },
  }
  const signature = await buyer.signTypedData({
    domain: moneyDomain(here),
    types: TYPES,
    primaryType: 'ReceiveWithAuthorization',
    message,
  })
  const authorization = { from: buyer.address, validAfter: 0n, validBefore: FOR_EVER, signature }
  const args = [here.workId, 1n, buyer.address, SALT, authorization]
  const mint = (place: Place) =>
    refusal(place, relayer, { ...works, functionName: 'mintWithAuthorization', args })
  assert.equal(await mint(here), null)
  assert.equal(await mint(there), BAD_MONEY_SIGNATURE)
})

const channelOf = ({ addresses }: Place) => ({
  ...{ payer: buyer.address, payerAuthorizer: buyer.address, receiver: creator.address },
  ...{ receiverAuthorizer: relayer.address, token: addresses.money, withdrawDelay: 900, salt: SALT },
})

const settlementOf = ({ addresses }: Place) =>
  ({ address: addresses.settlement, abi: settlementAbi }) as const

const channelId = (place: Place) =>
  place.publicClient.readContract({
    ...settlementOf(place),
    functionName: 'getChannelId',
    args: [channelOf(place)],
  })

/** Puts ten units into the channel, by the payer's authorization. */
async function deposit(place: Place): Promise<void> {
  const bound = encodeAbiParameters(parseAbiParameters('bytes32, uint256'), [await channelId(place), 1n])
  const signature = await buyer.signTypedData({
    domain: moneyDomain(place),
    types: TYPES,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      ...{ from: buyer.address, to: place.addresses.collector, value: 10n },
      ...{ validAfter: 0n, validBefore: FOR_EVER, nonce: keccak256(bound) },
    },
  })
  const parameters = parseAbiParameters('uint256, uint256, uint256, bytes')
  const data = encodeAbiParameters(parameters, [0n, FOR_EVER, 1n, signature])
  const args = [channelOf(place), 10n, place.addresses.collector, data]
  await send(place, relayer, { ...settlementOf(place), functionName: 'deposit', args })
}

test('a voucher of one chain’s channel claims there and nothing on the other', async () => {
  const [here, there] = both()
  for (const place of [here, there]) await deposit(place)
  assert.notEqual(await channelId(here), await channelId(there))
  const signature = await buyer.signTypedData({
    domain: {
      ...{ name: 'x402 Batch Settlement', version: '1', chainId: here.id },
      verifyingContract: here.addresses.settlement,
    },
    types: TYPES,
    primaryType: 'Voucher',
    message: { channelId: await channelId(here), maxClaimableAmount: 7n },
  })
  const claim = (place: Place) => {
    const voucher = { channel: channelOf(place), maxClaimableAmount: 7n }
    const args = [[{ voucher, signature, totalClaimed: 7n }]]
    return refusal(place, relayer, { ...settlementOf(place), functionName: 'claim', args })
  }
  assert.equal(await claim(here), null)
  assert.equal(await claim(there), 'BatchSettlement_BadSignature')
})
