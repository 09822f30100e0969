/** Taking out what the ledger owes an account: a creator's sales and royalties, an operator's fees, a parent's share. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData, parseEventLogs } from 'viem'
import { accruedTo, creditOf } from './credits.ts'
import type { Ledger } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

/** One call gathers so many works; a creator of more sends several, the last of which pays out. */
const WORKS_PER_CALL = 100

function* parts<T>(items: readonly T[]): Generator<T[]> {
  for (let at = 0; at < items.length; at += WORKS_PER_CALL) yield items.slice(at, at + WORKS_PER_CALL)
}

/** Gathers what the account's works have accrued; the last part is handed back, for the call that also withdraws. */
async function gatherAllButLast(ledger: Ledger, wallet: Wallet, workIds: bigint[]): Promise<bigint[]> {
  const all = [...parts(workIds)]
  const last = all.pop() ?? []
  for (const some of all) {
    await sendCall(ledger, {
      wallet,
      to: ledger.addresses.works,
      data: encodeFunctionData({ abi: worksAbi, functionName: 'gather', args: [some] }),
      what: 'gathering what works have accrued',
    })
  }
  return last
}

/**
 * Withdraws everything, also what the account's works have accrued; null when nothing is owed, so that a schedule can
 * call it without looking first.
 */
export async function withdrawCredit(
  ledger: Ledger,
  { wallet, to = wallet.account.address }: { wallet: Wallet; to?: Hex },
): Promise<{ amountAtomic: bigint; transaction: Sent } | null> {
  const account = wallet.account.address
  const [credit, accruals] = await Promise.all([
    creditOf(ledger, { account }),
    accruedTo(ledger, { account }),
  ])
  if (credit === 0n && accruals.length === 0) return null
  const workIds = await gatherAllButLast(
    ledger,
    wallet,
    accruals.map(({ workId }) => workId),
  )
  const transaction = await sendCall(ledger, {
    wallet,
    to: ledger.addresses.works,
    data:
      workIds.length > 0
        ? encodeFunctionData({ abi: worksAbi, functionName: 'gatherAndWithdraw', args: [workIds, to] })
        : encodeFunctionData({ abi: worksAbi, functionName: 'withdraw', args: [to] }),
    what: 'withdrawing credit',
  })
  const [withdrawn] = parseEventLogs({ abi: worksAbi, eventName: 'Withdrawn', logs: transaction.logs })
  return { amountAtomic: withdrawn?.args.amountAtomic ?? 0n, transaction }
}
