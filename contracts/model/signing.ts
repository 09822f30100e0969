/** What makers and payers of the differential test sign, by viem: orders, vouchers, deposits. */
import {
  encodeAbiParameters,
  type Hex,
  hashTypedData,
  keccak256,
  parseAbiParameters,
  parseSignature,
  serializeCompactSignature,
  signatureToCompactSignature,
} from 'viem'
import type { HDAccount } from 'viem/accounts'
import type { Channel } from './channels.ts'
import type { World } from './fixture.ts'
import type { Order } from './market.ts'

const CHAIN_ID = 31_337
export const WITHDRAW_DELAY = 900
const DAY_SECONDS = 86_400n

const fields = (text: string) =>
  text.split(',').map(field => {
    const [type = '', name = ''] = field.split(' ')
    return { type, name }
  })

const TYPES = {
  Listing: fields(
    'address seller,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 minProceedsAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds',
  ),
  Offer: fields(
    'address buyer,uint256 workId,uint256 quantity,uint256 priceAtomic,uint256 nonce,uint256 counter,uint256 expiresAtSeconds',
  ),
  ChannelConfig: fields(
    'address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt',
  ),
  Voucher: fields('bytes32 channelId,uint128 maxClaimableAmount'),
  ReceiveWithAuthorization: fields(
    'address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce',
  ),
}

export type ChannelConfig = {
  payer: Hex
  payerAuthorizer: Hex
  receiver: Hex
  receiverAuthorizer: Hex
  token: Hex
  withdrawDelay: number
  salt: Hex
}

const must = (account: HDAccount | undefined): HDAccount => {
  if (!account) throw new RangeError('nobody is there to sign')
  return account
}

/** The chain's clock when a sequence began, so that an order means the same to both sides whenever it is signed again. */
const deadlines = new WeakMap<World, bigint>()

export async function setDeadline(world: World): Promise<void> {
  deadlines.set(world, (await world.nowSeconds()) + DAY_SECONDS)
}

export async function signOrder(world: World, order: Order, maker: HDAccount | undefined) {
  const expiresAtSeconds = order.isExpired ? 1n : (deadlines.get(world) ?? 0n)
  const { work, kind, maker: address, isExpired: _, minProceedsAtomic, ...rest } = order
  const common = { ...rest, workId: world.workIds[work] ?? 0n, expiresAtSeconds }
  const typed =
    kind === 'listing' ? { ...common, seller: address, minProceedsAtomic } : { ...common, buyer: address }
  const signature = await must(maker).signTypedData({
    domain: {
      name: 'Grimoire Works',
      version: '1',
      chainId: CHAIN_ID,
      verifyingContract: world.contracts.works.address,
    },
    types: TYPES,
    primaryType: kind === 'listing' ? 'Listing' : 'Offer',
    message: typed,
  })
  return {
    typed,
    signature: serializeCompactSignature(signatureToCompactSignature(parseSignature(signature))),
  }
}

const settlementDomain = (world: World) => ({
  name: 'x402 Batch Settlement',
  version: '1',
  chainId: CHAIN_ID,
  verifyingContract: world.contracts.settlement.address,
})

/** Computed here and not asked of the contract: the id is part of what is compared. */
export function channelOf(world: World, config: ChannelConfig): Channel {
  const message = { ...config }
  const id = hashTypedData({
    domain: settlementDomain(world),
    types: TYPES,
    primaryType: 'ChannelConfig',
    message,
  })
  return { id, payer: config.payer, receiver: config.receiver, authorizer: config.receiverAuthorizer }
}

export const signVoucher = (world: World, channelId: Hex, ceiling: bigint, payer: HDAccount | undefined) =>
  must(payer).signTypedData({
    domain: settlementDomain(world),
    types: TYPES,
    primaryType: 'Voucher',
    message: { channelId, maxClaimableAmount: ceiling },
  })

/** The collector's data: an EIP-3009 authorization whose nonce commits to the channel. */
export async function signDeposit(
  world: World,
  request: { channel: Channel; amount: bigint; salt: bigint; payer: HDAccount | undefined },
): Promise<Hex> {
  const { channel, amount, salt, payer } = request
  const bound = encodeAbiParameters(parseAbiParameters('bytes32, uint256'), [channel.id as Hex, salt])
  const validBefore = 2n ** 48n
  const signature = await must(payer).signTypedData({
    domain: {
      name: 'Test Dollar',
      version: '1',
      chainId: CHAIN_ID,
      verifyingContract: world.contracts.money.address,
    },
    types: TYPES,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      from: must(payer).address,
      to: world.collector,
      value: amount,
      validAfter: 0n,
      validBefore,
      nonce: keccak256(bound),
    },
  })
  const parameters = parseAbiParameters('uint256, uint256, uint256, bytes')
  return encodeAbiParameters(parameters, [0n, validBefore, salt, signature])
}
