/** The ledger on a real chain: what deploys, what points where, and that TypeScript computes what Solidity does. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { inspect } from 'node:util'
import {
  type Account,
  createPublicClient,
  createWalletClient,
  type Hex,
  hashTypedData,
  http,
  keccak256,
  parseAbi,
} from 'viem'
import { mainnet } from 'viem/chains'
import type { Addresses } from './addresses.ts'
import { deployLedger, installSettlement, type LedgerOptions } from './deploy.ts'
import { devnetChain } from './devnet-chain.ts'
import { type Anvil, keyNode, person, publicTerms, startAnvil } from './fixture.ts'
import { keyNetworkAbi } from './generated/key-network.ts'
import { moneyAbi } from './generated/money.ts'
import { settlementAbi } from './generated/settlement.ts'
import { worksAbi } from './generated/works.ts'
import { planLedger } from './plan.ts'
import { admissionsAddress, splitterAddress, splitterBodyAddress } from './splitter.ts'

const [deployer, creator, buyer, relayer] = [person(0), person(1), person(2), person(3)]
const PRICE_ATOMIC = 5_000_000n
const FOR_EVER = 2n ** 48n

describe('a deployed ledger', async () => {
  let clients: Anvil
  let options: LedgerOptions
  let addresses: Addresses
  let workId: bigint

  const send = async (account: Account, call: object) => {
    const { request } = await clients.publicClient.simulateContract({ account, ...call } as never)
    const hash = await clients.walletOf(account).writeContract(request as never)
    const receipt = await clients.publicClient.waitForTransactionReceipt({ hash })
    assert.equal(receipt.status, 'success')
  }
  const works = () => ({ address: addresses.works, abi: worksAbi }) as const
  const money = () => ({ address: addresses.money, abi: moneyAbi }) as const
  const held = (account: Account) =>
    clients.publicClient.readContract({
      ...works(),
      functionName: 'balanceOf',
      args: [account.address, workId],
    })

  before(async () => {
    clients = await startAnvil()
    options = {
      publicClient: clients.publicClient,
      walletClient: clients.walletOf(deployer),
      ...{ ...publicTerms, owner: deployer.address, metadataBase: 'http://127.0.0.1:8787' },
    }
    addresses = await deployLedger(options)
    await installSettlement({ ...options, testClient: clients.testClient })
  })
  after(() => clients.stop())

  test('stands where its terms alone decide, whoever deploys it, and a second deployment sends nothing', async () => {
    const { publicClient, walletClient, ...terms } = options
    const planned = planLedger({ ...publicTerms, ...terms }).addresses
    assert.deepEqual({ ...addresses, ...planned }, addresses)
    const again = await deployLedger({ ...options, walletClient: clients.walletOf(relayer) })
    assert.deepEqual(again, addresses)
    assert.equal(await publicClient.getTransactionCount({ address: relayer.address }), 0)
  })

  test('has what Works creates in its constructor where TypeScript computes it', async () => {
    const found = await Promise.all([
      clients.publicClient.readContract({ ...works(), functionName: 'admissions' }),
      clients.publicClient.readContract({ ...works(), functionName: 'splitterBody' }),
    ])
    assert.deepEqual(found, [admissionsAddress(addresses.works), splitterBodyAddress(addresses.works)])
    for (const address of found) assert.ok(await clients.publicClient.getCode({ address }))
  })

  test('takes the creations of a work, and names metadata where it was told', async () => {
    const salt = keccak256('0x01')
    const terms = {
      ...{ kind: 1, disclosure: 1, admission: 0, editionCap: 10, priceAtomic: Number(PRICE_ATOMIC) },
      ...{ resaleRoyaltyBps: 1000, usageRoyaltyBps: 2000, maxTurnFeeAtomic: 1 },
      ...{ maxInputPerMillionBytesAtomic: 1, maxOutputPerMillionBytesAtomic: 1 },
    }
    const args = [salt, terms, [], [], keccak256('0x02')]
    await send(creator, { ...works(), functionName: 'create', args })
    workId = await clients.publicClient.readContract({
      ...works(),
      functionName: 'workIdOf',
      args: [creator.address, salt],
    })
    const uri = await clients.publicClient.readContract({ ...works(), functionName: 'uri', args: [workId] })
    assert.equal(uri, 'http://127.0.0.1:8787/v1/metadata/{id}')
  })

  test('sells an edition to a buyer who only signs, and the edition goes to no one else', async () => {
    await send(deployer, { ...money(), functionName: 'mint', args: [buyer.address, PRICE_ATOMIC] })
    const salt = keccak256('0x03')
    const bought = [workId, 1n, buyer.address, salt] as const
    const mintNonce = { ...works(), functionName: 'mintNonce', args: bought } as const
    const nonce = await clients.publicClient.readContract(mintNonce)
    const signature = await buyer.signTypedData(receiveAuthorization(addresses, buyer.address, nonce))
    const authorization = { from: buyer.address, validAfter: 0n, validBefore: FOR_EVER, signature }
    const args = [...bought, authorization]
    await send(relayer, { ...works(), functionName: 'mintWithAuthorization', args })
    assert.equal(await held(buyer), 1n)
    assert.equal(await held(relayer), 0n)
  })

  test('lets an EIP-7702 account sell with its own key', async () => {
    // Multicall3 is any code at all: what counts is that the account now has some.
    const delegation = { contractAddress: addresses.multicall3, executor: 'self' } as const
    const authorization = await clients.walletOf(buyer).signAuthorization(delegation)
    const hash = await clients
      .walletOf(buyer)
      .sendTransaction({ to: relayer.address, authorizationList: [authorization] })
    await clients.publicClient.waitForTransactionReceipt({ hash })
    const code = await clients.publicClient.getCode({ address: buyer.address })
    assert.match(String(code), /^0xef0100/)

    const latest = await clients.publicClient.getBlock()
    const listing = {
      ...{ seller: buyer.address, workId, quantity: 1n, priceAtomic: 1_000_000n },
      ...{ minProceedsAtomic: 875_000n, nonce: 7n, counter: 0n },
      expiresAtSeconds: latest.timestamp + 3600n,
    }
    const signature = await buyer.signTypedData(listingData(addresses, listing))
    await send(deployer, { ...money(), functionName: 'mint', args: [relayer.address, 1_000_000n] })
    await send(relayer, { ...money(), functionName: 'approve', args: [addresses.works, 1_000_000n] })
    const args = [listing, relayer.address, 1n, signature]
    await send(relayer, { ...works(), functionName: 'buy', args })
    assert.equal(await held(relayer), 1n)
    const balanceOf = { ...money(), functionName: 'balanceOf', args: [buyer.address] } as const
    assert.equal(await clients.publicClient.readContract(balanceOf), 875_000n)
  })

  test('has each splitter where TypeScript computes it', async () => {
    for (const operator of [relayer.address, creator.address]) {
      const splitterOf = { ...works(), functionName: 'splitterOf', args: [workId, operator] } as const
      const found = await clients.publicClient.readContract(splitterOf)
      assert.equal(splitterAddress(addresses.works, workId, operator), found)
    }
  })

  test("shows its key nodes in the shape that Lit's client reads", async () => {
    const abi = parseAbi([
      'struct Epoch { uint256 epochLength; uint256 number; uint256 endTime; uint256 retries; uint256 timeout; }',
      'struct Validator { uint32 ip; uint128 ipv6; uint32 port; address nodeAddress; uint256 reward; uint256 senderPubKey; uint256 receiverPubKey; }',
      'function getActiveUnkickedValidatorStructsAndCounts() view returns (Epoch, uint256, Validator[])',
    ])
    const functionName = 'getActiveUnkickedValidatorStructsAndCounts'
    const read = { address: addresses.keyNetwork, functionName } as const
    const lit = await clients.publicClient.readContract({ ...read, abi })
    assert.deepEqual(lit, await clients.publicClient.readContract({ ...read, abi: keyNetworkAbi }))
    const [epoch, threshold, nodes] = lit
    assert.deepEqual([epoch.number, threshold, nodes.length], [1n, 2n, 3])
  })

  test("hashes channels and vouchers at x402's address as x402's packages do", async () => {
    const config = {
      ...{ payer: buyer.address, payerAuthorizer: relayer.address, receiver: creator.address },
      ...{ receiverAuthorizer: relayer.address, token: addresses.money, withdrawDelay: 900 },
      salt: keccak256('0x04'),
    }
    const settlement = { address: addresses.settlement, abi: settlementAbi } as const
    const getChannelId = { ...settlement, functionName: 'getChannelId', args: [config] } as const
    const channelId = await clients.publicClient.readContract(getChannelId)
    assert.equal(channelId, hashTypedData({ ...channelData(addresses), message: config }))
    const message = { channelId, maxClaimableAmount: 9n }
    const digest = { ...settlement, functionName: 'getVoucherDigest', args: [channelId, 9n] } as const
    const expected = hashTypedData({ ...voucherData(addresses), message })
    assert.equal(await clients.publicClient.readContract(digest), expected)
  })

  test('leaves alone what already stands at a fixed address', async () => {
    const nonce = { address: deployer.address } as const
    const before = await clients.publicClient.getTransactionCount(nonce)
    await installSettlement({ ...options, testClient: clients.testClient })
    assert.equal(await clients.publicClient.getTransactionCount(nonce), before)
  })

  test('is refused, in one sentence, to a chain of another id, none at all, and a money that is none', async () => {
    const foreign = createWalletClient({ account: deployer, chain: mainnet, transport: http(clients.url) })
    await assert.rejects(
      deployLedger({ ...options, walletClient: foreign }),
      /got the chain id 31337, expected 1\. Correct/,
    )
    const transport = http('http://127.0.0.1:1', { retryCount: 0 })
    const nowhere = createPublicClient({ chain: devnetChain, transport })
    await assert.rejects(
      deployLedger({ ...options, publicClient: nowhere }),
      /127\.0\.0\.1:1 does not answer/,
    )
    const money = relayer.address
    await assert.rejects(deployLedger({ ...options, money }), /no contract at 0x/)
  })

  test('says of a creation that was refused which contract, why and what mends it, and quotes no bytecode', async () => {
    const failureOf = (change: Partial<LedgerOptions>) =>
      deployLedger({ ...options, money: addresses.money, ...change }).then(
        () => assert.fail('the ledger was deployed'),
        (error: unknown) => {
          const printed = inspect(error, { depth: 9 })
          assert.doesNotMatch(printed, /[0-9a-f]{100}/i)
          return printed.split('\n')[0]
        },
      )
    const mend = "Correct the arguments that the refusal names in the deployer's options."
    assert.equal(
      await failureOf({ protocolFeeBps: 501 }),
      `Error: Policy was not deployed: its constructor refused with Policy_FeeTooHigh(feeBps 501, maxBps 500). ${mend}`,
    )
    const nodes = [keyNode(1), { ...keyNode(2), endpoint: keyNode(1).endpoint }]
    assert.equal(
      await failureOf({ keyNetwork: { ...options.keyNetwork, nodes } }),
      `Error: KeyNetwork was not deployed: its constructor refused with KeyNetwork_DuplicateNode(index 1). ${mend}`,
    )
    const poor = clients.walletOf(person(99))
    assert.match(
      String(await failureOf({ walletClient: poor, protocolFeeBps: 251 })),
      /^Error: Policy was not deployed: .{20,200}\. Check the chain and the deployer's balance on it\.$/,
    )
  })
})

const domainOf = (name: string, verifyingContract: Hex) =>
  ({ name, version: '1', chainId: devnetChain.id, verifyingContract }) as const

const receiveAuthorization = ({ money, works }: Addresses, from: Hex, nonce: Hex) =>
  ({
    domain: domainOf('Test Dollar', money),
    types: {
      ReceiveWithAuthorization: [
        { name: 'from', type: 'address' },
        { name: 'to', type: 'address' },
        { name: 'value', type: 'uint256' },
        { name: 'validAfter', type: 'uint256' },
        { name: 'validBefore', type: 'uint256' },
        { name: 'nonce', type: 'bytes32' },
      ],
    },
    primaryType: 'ReceiveWithAuthorization',
    message: { from, to: works, value: PRICE_ATOMIC, validAfter: 0n, validBefore: FOR_EVER, nonce },
  }) as const

const listingData = <M>({ works }: Addresses, message: M) =>
  ({
    domain: domainOf('Grimoire Works', works),
    types: {
      Listing: [
        { name: 'seller', type: 'address' },
        { name: 'workId', type: 'uint256' },
        { name: 'quantity', type: 'uint256' },
        { name: 'priceAtomic', type: 'uint256' },
        { name: 'minProceedsAtomic', type: 'uint256' },
        { name: 'nonce', type: 'uint256' },
        { name: 'counter', type: 'uint256' },
        { name: 'expiresAtSeconds', type: 'uint256' },
      ],
    },
    primaryType: 'Listing',
    message,
  }) as const

const channelData = ({ settlement }: Addresses) =>
  ({
    domain: domainOf('x402 Batch Settlement', settlement),
    types: {
      ChannelConfig: [
        { name: 'payer', type: 'address' },
        { name: 'payerAuthorizer', type: 'address' },
        { name: 'receiver', type: 'address' },
        { name: 'receiverAuthorizer', type: 'address' },
        { name: 'token', type: 'address' },
        { name: 'withdrawDelay', type: 'uint40' },
        { name: 'salt', type: 'bytes32' },
      ],
    },
    primaryType: 'ChannelConfig',
  }) as const

const voucherData = ({ settlement }: Addresses) =>
  ({
    domain: domainOf('x402 Batch Settlement', settlement),
    types: {
      Voucher: [
        { name: 'channelId', type: 'bytes32' },
        { name: 'maxClaimableAmount', type: 'uint128' },
      ],
    },
    primaryType: 'Voucher',
  }) as const
