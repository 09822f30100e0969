/** Whether the buyers behind posted offers can still pay: asked of the money after every step of the chain, many in one call. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from 'viem'
import { multicall } from 'viem/actions'
import { chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'

/** So many are looked at in one run; of more, those that were looked at longest ago come first. */
const OFFERS_PER_RUN = 400
const OFFERS_PER_CALL = 100

type Offer = { digest: Hex; payment: string; buyer: Hex; quantity: number; priceAtomic: number }
type Purse = { balance: bigint; allowed: bigint; used: boolean }

/** An authorization is taken whole; an allowance may be taken edition by edition. */
function canPay({ payment, quantity, priceAtomic }: Offer, { balance, allowed, used }: Purse): boolean {
  const price = BigInt(priceAtomic)
  if (payment === 'authorization') return !used && balance >= price * BigInt(quantity)
  return balance >= price && allowed >= price
}

async function pursesOf(settings: Settings, offers: readonly Offer[]): Promise<(Purse | null)[]> {
  const { money: address, works, multicall3 } = settings.ADDRESSES
  const money = { address, abi: moneyAbi } as const
  const answers = await multicall(chainOf(settings), {
    multicallAddress: multicall3,
    batchSize: 0,
    contracts: offers.flatMap(({ buyer, digest }) => [
      { ...money, functionName: 'balanceOf', args: [buyer] } as const,
      { ...money, functionName: 'allowance', args: [buyer, works] } as const,
      { ...money, functionName: 'authorizationState', args: [buyer, digest] } as const,
    ]),
  })
  return offers.map((_, at) => {
    const [balance, allowed, used] = answers.slice(at * 3, at * 3 + 3).map(answer => answer.result)
    if (typeof balance !== 'bigint' || typeof allowed !== 'bigint') return null
    return { balance, allowed, used: used === true }
  })
}

/** Marks each offer by whether it can be paid for at this block. One whose buyer cannot be asked about stays as it was. */
export async function checkPurses(db: D1Database, settings: Settings, block: number): Promise<void> {
  const { results } = await db
    .prepare(
      `SELECT digest, payment, buyer, quantity, price_atomic AS priceAtomic FROM offers
       WHERE checked_block <> ?1 AND expires_at >= CAST(strftime('%s', 'now') AS INTEGER)
       ORDER BY checked_block LIMIT ${OFFERS_PER_RUN}`,
    )
    .bind(block)
    .all<Offer>()
  for (let at = 0; at < results.length; at += OFFERS_PER_CALL) {
    const some = results.slice(at, at + OFFERS_PER_CALL)
    const purses = await pursesOf(settings, some).catch(() => null) // The chain fell silent: the next run asks again.
    if (!purses) return
    const told = some.flatMap((offer, of) => {
      const purse = purses[of]
      return purse ? [[offer.digest, offer.payment, canPay(offer, purse) ? 1 : 0]] : []
    })
    await db
      .prepare(
        `UPDATE offers SET checked_block = ?2, payable = told.payable FROM
           (SELECT json_extract(value, '$[0]') AS digest, json_extract(value, '$[1]') AS payment,
              json_extract(value, '$[2]') AS payable FROM json_each(?1)) AS told
         WHERE offers.digest = told.digest AND offers.payment = told.payment`,
      )
      .bind(JSON.stringify(told), block)
      .run()
  }
}
