/** A call of the ledger as a transaction that can be sent as it is: tried on the chain first, so that a refusal has a name. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { errorsOf, revertProblem } from '@grimoire/schema/revert'
import type { PreparedTransaction } from '@grimoire/schema/trading'
import { asking, chainOf } from '../chain.ts'
import type { Settings } from '../env.ts'

const ERRORS = errorsOf([worksAbi, moneyAbi])

export type Call = {
  from: Hex
  to: Hex
  data: Hex
  /** What is being done, for the sentence of a refusal. */
  what: string
}

const named = (cause: unknown, what: string): Problem =>
  revertProblem(cause, what, ERRORS) ??
  (/revert/i.test(String(cause))
    ? new Problem('transaction_reverted', { got: what, cause })
    : new Problem('chain_unreachable', { cause }))

/** The gas that it would use at the newest block; throws the ledger's own refusal where it would revert. */
export async function simulate(settings: Settings, { from, to, data, what }: Call) {
  const chain = chainOf(settings)
  const blockNumber = await asking(chain.getBlockNumber())
  try {
    await chain.call({ account: from, to, data, blockNumber })
    return { blockNumber: Number(blockNumber), gas: await chain.estimateGas({ account: from, to, data }) }
  } catch (cause) {
    throw named(cause, what)
  }
}

export async function prepare(
  settings: Settings,
  call: Call,
  sums: { costAtomic?: bigint; proceedsAtomic?: bigint } = {},
): Promise<PreparedTransaction> {
  const { blockNumber, gas } = await simulate(settings, call)
  const { from, to, data } = call
  const { costAtomic, proceedsAtomic } = sums
  return {
    transaction: { chainId: settings.ADDRESSES.chainId, from, to, data, value: '0x0' },
    simulation: { blockNumber, gas: String(gas) },
    costAtomic: costAtomic === undefined ? null : String(costAtomic),
    proceedsAtomic: proceedsAtomic === undefined ? null : String(proceedsAtomic),
  }
}
