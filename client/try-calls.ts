/** Some calls of one account, one after the other, as the chain would run them now: nothing is sent. */
import type { Hex } from '@grimoire/schema/hex'
import { isProblem } from '@grimoire/schema/problem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

type Tried = { account: Hex; calls: readonly { to: Hex; data: Hex }[]; what: string; blockNumber?: bigint }

/** Their gas together; throws the reason of the first that is refused. Null where the chain runs nothing for show. */
export async function tryCalls({ publicClient }: Ledger, tried: Tried): Promise<bigint | null> {
  const { account, what, blockNumber } = tried
  const calls = tried.calls.map(call => ({ account, ...call }))
  const at = blockNumber === undefined ? {} : { blockNumber }
  const blocks = await publicClient.simulateBlocks({ blocks: [{ calls }], ...at }).catch(error => {
    const problem = ledgerProblem(error, what)
    if (isProblem(problem, 'chain_unreachable')) return null
    throw problem
  })
  if (!blocks) return null
  const results = blocks.flatMap(block => block.calls)
  for (const { status, error } of results) {
    if (status === 'failure') throw ledgerProblem(error ?? new Error('execution reverted'), what)
  }
  return results.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)
}
