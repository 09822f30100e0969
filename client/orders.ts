/** What listings and offers have in common on the ledger: whether one is still open, and what a sale would bring. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { splitSale } from '@grimoire/schema/amounts'
import type { Hex } from '@grimoire/schema/hex'
import { CHEAP_NONCES } from '@grimoire/schema/order'
import { Problem } from '@grimoire/schema/problem'
import { LIMITS } from '@grimoire/schema/work'
import { ledgerProblem } from './ledger-errors.ts'
import { ledgerWork } from './ledger-work.ts'
import type { Ledger } from './market.ts'
import { workFeeBps } from './read-economy.ts'
import { chainSeconds } from './wallet.ts'

const DEFAULT_ORDER_SECONDS = 7 * 24 * 3600
/** How many cheap nonces are looked at before an expensive one is taken. */
const NONCES_TRIED = 16

export type OrderTerms = {
  maker: Hex
  quantity: number
  nonce: string
  counter: string
  expiresAtSeconds: number
}

const at = ({ addresses }: Ledger) => ({ address: addresses.works, abi: worksAbi }) as const

const failed = (error: unknown): never => {
  throw ledgerProblem(error, 'reading a maker’s orders')
}

/** What a maker's orders must carry now: raising it ends all that were signed before. */
export const counterOf = (ledger: Ledger, maker: Hex): Promise<bigint> =>
  ledger.publicClient.readContract({ ...at(ledger), functionName: 'counterOf', args: [maker] }).catch(failed)

async function fateOf(ledger: Ledger, maker: Hex, nonce: bigint) {
  const { publicClient } = ledger
  const call = { ...at(ledger), args: [maker, nonce] } as const
  const [used, filled] = await Promise.all([
    publicClient.readContract({ ...call, functionName: 'isNonceUsed' }),
    publicClient.readContract({ ...call, functionName: 'filledOf' }),
  ]).catch(failed)
  return { used, filled: Number(filled) }
}

/** How many editions of an order are not filled yet; throws the reason for which the ledger would fill none. */
export async function leftOf(ledger: Ledger, order: OrderTerms): Promise<number> {
  const nonce = BigInt(order.nonce)
  const [counter, { used, filled }, now] = await Promise.all([
    counterOf(ledger, order.maker),
    fateOf(ledger, order.maker, nonce),
    chainSeconds(ledger),
  ])
  if (BigInt(order.counter) !== counter) {
    throw new Problem('order_cancelled', { got: `counter ${order.counter}`, expected: `counter ${counter}` })
  }
  if (used) throw new Problem('order_cancelled', { got: `nonce ${nonce}` })
  if (order.expiresAtSeconds < now || order.expiresAtSeconds > now + LIMITS.maxOrderSeconds) {
    throw new Problem('order_expired', { got: order.expiresAtSeconds, expected: `after ${now}` })
  }
  if (filled >= order.quantity) throw new Problem('order_cancelled', { got: `${filled} filled already` })
  return order.quantity - filled
}

/** When an order that is signed now ends: after a week, or after as long as was asked for. */
export async function orderEnd(ledger: Ledger, lastsSeconds = DEFAULT_ORDER_SECONDS): Promise<number> {
  if (lastsSeconds >= 1 && lastsSeconds <= LIMITS.maxOrderSeconds)
    return (await chainSeconds(ledger)) + lastsSeconds
  const expected = `1 to ${LIMITS.maxOrderSeconds} seconds`
  throw new Problem('order_expired', { got: lastsSeconds, expected })
}

/**
 * A nonce that makes the order cheap to fill: chosen among the first, free on the ledger, and none of `taken`, those of
 * orders that are signed and not filled, of which the ledger knows nothing. Null if none was found.
 */
export async function cheapNonce(
  ledger: Ledger,
  maker: Hex,
  taken: ReadonlySet<string>,
): Promise<bigint | null> {
  const bytes = crypto.getRandomValues(new Uint8Array(NONCES_TRIED))
  const candidates = [...new Set(bytes)]
    .map(byte => BigInt(byte % CHEAP_NONCES))
    .filter(nonce => !taken.has(String(nonce)))
  const fates = await Promise.all(candidates.map(nonce => fateOf(ledger, maker, nonce)))
  return candidates.find((_, index) => fates[index]?.used === false && fates[index]?.filled === 0) ?? null
}

/** How the price of one edition would be divided now, at the work's royalty and the fee that holds for it. */
export async function saleOf(
  ledger: Ledger,
  { workId, priceAtomic }: { workId: string; priceAtomic: bigint },
): Promise<ReturnType<typeof splitSale>> {
  const [{ terms }, protocolFeeBps] = await Promise.all([
    ledgerWork(ledger, workId),
    workFeeBps(ledger, { workId }),
  ])
  return splitSale(priceAtomic, { resaleRoyaltyBps: terms.resaleRoyaltyBps, protocolFeeBps })
}
