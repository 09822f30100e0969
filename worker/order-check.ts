/** What listings and offers are asked alike: is it signed by its maker, does it end in time, does its nonce still stand. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { LIMITS } from '@grimoire/schema/work'
import {
  compactSignatureToSignature,
  type Hex,
  parseCompactSignature,
  recoverAddress,
  serializeSignature,
  zeroAddress,
} from 'viem'
import { asking, type Chain } from './chain.ts'
import type { Settings } from './env.ts'

/** The index keeps prices as SQLite integers that JavaScript reads back exactly; the ledger itself would take more. */
const MAX_PRICE_ATOMIC = BigInt(Number.MAX_SAFE_INTEGER)
const ERC1271_MAGIC = '0x1626ba7e'
const erc1271 = [
  {
    type: 'function',
    name: 'isValidSignature',
    stateMutability: 'view',
    inputs: [
      { name: 'hash', type: 'bytes32' },
      { name: 'signature', type: 'bytes' },
    ],
    outputs: [{ type: 'bytes4' }],
  },
] as const

export type Order = {
  /** `listing` or `offer`: how its fields are named in refusals. */
  name: string
  maker: Hex
  quantity: number
  priceAtomic: string
  nonce: string
  counter: string
  expiresAtSeconds: number
}

export function checkPrice({ name, priceAtomic }: Order): void {
  if (BigInt(priceAtomic) <= MAX_PRICE_ATOMIC) return
  const expected = `at most ${MAX_PRICE_ATOMIC}`
  throw new Problem('request_invalid', { param: `${name}.priceAtomic`, got: priceAtomic, expected })
}

export function checkExpiry({ name, expiresAtSeconds }: Order, now: number): void {
  const latest = now + LIMITS.maxOrderSeconds
  if (expiresAtSeconds >= now && expiresAtSeconds <= latest) return
  throw new Problem('order_expired', {
    param: `${name}.expiresAtSeconds`,
    got: expiresAtSeconds,
    expected: `${now} to ${latest}, by the clock of the chain`,
  })
}

/** 64 bytes are ERC-2098's compact form. */
const canonical = (signature: Hex): Hex =>
  signature.length === 2 + 64 * 2
    ? serializeSignature(compactSignatureToSignature(parseCompactSignature(signature)))
    : signature

/** As the ledger does it: a key first, so that an account with code that also has a key can sign plainly; then ERC-1271. */
export async function signedBy(chain: Chain, maker: Hex, digest: Hex, signature: Hex): Promise<boolean> {
  const plain = signature.length === 2 + 64 * 2 || signature.length === 2 + 65 * 2
  const signer = plain
    ? await recoverAddress({ hash: digest, signature: canonical(signature) }).catch(() => zeroAddress)
    : zeroAddress
  if (signer !== zeroAddress && sameAddress(signer, maker)) return true
  const code = await asking(chain.getCode({ address: maker }))
  if (!code || code === '0x') return false
  return chain
    .readContract({
      address: maker,
      abi: erc1271,
      functionName: 'isValidSignature',
      args: [digest, signature],
    })
    .then(answer => answer === ERC1271_MAGIC)
    .catch(() => false)
}

/** How many of its editions are not filled yet; refuses an order that the ledger would fill no more. */
export async function leftOf(chain: Chain, { ADDRESSES }: Settings, order: Order): Promise<number> {
  const ledger = { address: ADDRESSES.works, abi: worksAbi } as const
  const { name, maker, nonce } = order
  const args = [maker, BigInt(nonce)] as const
  const [used, filledOf, counter] = await asking(
    Promise.all([
      chain.readContract({ ...ledger, functionName: 'isNonceUsed', args }),
      chain.readContract({ ...ledger, functionName: 'filledOf', args }),
      chain.readContract({ ...ledger, functionName: 'counterOf', args: [maker] }),
    ]),
  )
  const filled = Number(filledOf)
  const refuse = (param: string, got: string, expected: string) =>
    new Problem('order_cancelled', { param: `${name}.${param}`, got, expected })
  if (BigInt(order.counter) !== counter)
    throw refuse('counter', order.counter, `the counter of its maker, ${counter}`)
  if (used) throw refuse('nonce', `nonce ${nonce}`, 'a fresh nonce')
  if (filled >= order.quantity) throw refuse('quantity', `${filled} filled with this nonce`, 'a fresh nonce')
  return order.quantity - filled
}
