/** What a maker's order must carry to be good now: counter, end and nonce, and what a sale at its price would bring. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { splitSale } from '@grimoire/schema/amounts'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { zeroAddress } from 'viem'
import { asking, chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'

const ledgerOf = ({ ADDRESSES }: Settings) => ({ address: ADDRESSES.works, abi: worksAbi }) as const

type Wished = { lastsSeconds: number; nonce?: string | undefined }

export async function orderFields(settings: Settings, maker: Hex, { lastsSeconds, nonce }: Wished) {
  const chain = chainOf(settings)
  const counterOf = { ...ledgerOf(settings), functionName: 'counterOf', args: [maker] } as const
  const [counter, { timestamp }] = await asking(
    Promise.all([chain.readContract(counterOf), chain.getBlock()]),
  )
  const [high = 0n, low = 0n] = crypto.getRandomValues(new BigUint64Array(2))
  return {
    nonce: nonce ?? String((high << 64n) | low),
    counter: String(counter),
    expiresAtSeconds: Number(timestamp) + lastsSeconds,
  }
}

/** How the price of one edition would be divided now. */
export async function saleOf(settings: Settings, workId: string, priceAtomic: bigint) {
  const chain = chainOf(settings)
  const args = [BigInt(workId)] as const
  const [work, protocolFeeBps] = await asking(
    Promise.all([
      chain.readContract({ ...ledgerOf(settings), functionName: 'work', args }),
      chain.readContract({ ...ledgerOf(settings), functionName: 'feeBpsOf', args }),
    ]),
  )
  if (work.creator === zeroAddress) throw new Problem('work_unknown', { got: workId })
  return splitSale(priceAtomic, { resaleRoyaltyBps: work.terms.resaleRoyaltyBps, protocolFeeBps })
}

/** The least that a seller asks: what was wished, or what is left of the price now. */
export async function leastProceeds(
  settings: Settings,
  order: { workId: string; priceAtomic: string },
  wished: string | undefined,
) {
  const { sellerAtomic } = await saleOf(settings, order.workId, BigInt(order.priceAtomic))
  const least = wished === undefined ? sellerAtomic : BigInt(wished)
  if (least > sellerAtomic)
    throw new Problem('proceeds_too_low', {
      param: 'minProceedsAtomic',
      got: least,
      expected: `at most ${sellerAtomic}`,
    })
  return { least, sellerAtomic }
}

export async function requireHeld(
  settings: Settings,
  { workId, holder, quantity }: { workId: string; holder: Hex; quantity: number },
): Promise<void> {
  const args = [holder, BigInt(workId)] as const
  const read = { ...ledgerOf(settings), functionName: 'balanceOf', args } as const
  const held = await asking(chainOf(settings).readContract(read))
  if (held < BigInt(quantity)) throw new Problem('not_holder', { got: held, expected: quantity })
}
