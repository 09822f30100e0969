/** A call that takes a bond out of the owner's wallet: allowed to exactly its sum, in one confirmation where the wallet can. */
import { awaitBatch, handOver, isNoBatch, newCallsId, takesBatches } from './batch.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { allow, allowanceOf } from './money.ts'
import { allowBondCall, type OwnersCall } from './operator-calls.ts'
import { tryCalls } from './try-calls.ts'
import { reasonOf, receiptFor, type Sent, sendCall, type Wallet } from './wallet.ts'

/** What the wallet is asked for next; `batch` is both at once, and `block` what comes after it. */
export type BondStep = 'allow' | 'send' | 'batch' | 'block'

type Bonded = { wallet: Wallet; amountAtomic: bigint; call: OwnersCall; tell?: (step: BondStep) => void }

/** Null where the wallet takes no batch after all. Cut off amid it, the registry says whether it was done. */
async function inOne(ledger: Ledger, options: Bonded): Promise<Sent | null> {
  const { wallet, amountAtomic, call, tell } = options
  const { what } = call
  const calls = [allowBondCall(ledger, amountAtomic), call].map(({ to, data }) => ({ to, data }))
  tell?.('batch')
  const id = await handOver(wallet, { id: newCallsId(), calls }).catch(error => {
    if (isNoBatch(error)) return null
    throw ledgerProblem(error, what)
  })
  if (id === null) return null
  tell?.('block')
  const fate = await awaitBatch(ledger, wallet, id)
  if (fate?.is !== 'mined')
    throw await reasonOf(what, () => tryCalls(ledger, { account: wallet.account.address, calls, what }))
  const { transactionHash: hash, gasUsed, blockNumber, logs } = await receiptFor(ledger, fate.hash, what)
  return { hash, gasUsed, blockNumber, logs }
}

/** Run again after a failure it only does what is left: an allowance that stands is not asked for again. */
export async function sendBonded(
  ledger: Ledger,
  options: Bonded,
): Promise<{ approval: Sent | null; transaction: Sent }> {
  const { wallet, amountAtomic, call, tell = () => {} } = options
  const spender = ledger.addresses.operators
  const allowed = await allowanceOf(ledger, wallet.account.address, spender)
  if (allowed < amountAtomic && (await takesBatches(ledger, wallet))) {
    const transaction = await inOne(ledger, options)
    if (transaction) return { approval: null, transaction }
  }
  const onSend = () => tell('allow')
  const approval = await allow(ledger, { wallet, spender, amountAtomic, onSend })
  tell('send')
  return { approval, transaction: await sendCall(ledger, { wallet, ...call }) }
}
