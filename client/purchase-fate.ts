/** What became of a purchase that was begun: by the word of the chain, and of the wallet for what only it can know. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { TransactionNotFoundError, TransactionReceiptNotFoundError } from 'viem'
import { allowedCalls } from './bargain.ts'
import { batchFate } from './batch.ts'
import { type BlockRange, findSince } from './block-ranges.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { bargainKept, type PurchaseKept } from './purchase-kept.ts'
import { isSaleIn, isSentByOthers, soldBy } from './purchase-sale.ts'
import { tryCalls } from './try-calls.ts'
import { chainSeconds, reasonOf, type Sent, type Wallet } from './wallet.ts'

export type PurchaseFate =
  | { is: 'bought'; transaction: Sent }
  /** On its way; by the hash, or in the wallet's hands. */
  | { is: 'pending'; hash: Hex | null }
  /** Nothing is on the chain yet. It can go on with what was signed, and is paid once whatever happens. */
  | { is: 'open' }
  /** The ledger refused it. */
  | { is: 'refused'; problem: Problem }
  /** Nothing was paid, and what was signed can pay no more. */
  | { is: 'over' }

/** Bundlers drop what they could not place for so long. */
const IN_HAND_SECONDS = 1_800

const failed = (error: unknown): never => {
  throw ledgerProblem(error, 'looking for a purchase')
}

const nullWhere =
  (absent: typeof TransactionNotFoundError | typeof TransactionReceiptNotFoundError) =>
  (error: unknown): null =>
    error instanceof absent ? null : failed(error)

/** Why it was refused: tried again as it was, where it was, or now. */
export async function reasonWhy(ledger: Ledger, kept: PurchaseKept, blockNumber?: bigint): Promise<Problem> {
  const bargain = bargainKept(ledger, kept)
  const { authorization, buyer: account } = kept
  const { what } = bargain
  const calls = authorization
    ? [{ to: ledger.addresses.works, data: bargain.byAuthorization(authorization) }]
    : allowedCalls(ledger, bargain)
  const at = blockNumber === undefined ? {} : { blockNumber }
  return reasonOf(what, () => tryCalls(ledger, { account, calls, what, ...at }))
}

/** Null while it is in no block. */
export async function mined(ledger: Ledger, kept: PurchaseKept, hash: Hex): Promise<PurchaseFate | null> {
  const receipt = await ledger.publicClient
    .getTransactionReceipt({ hash })
    .catch(nullWhere(TransactionReceiptNotFoundError))
  if (!receipt) return null
  const { gasUsed, blockNumber, logs } = receipt
  // A bundler's transaction passes also where what it carries is refused; a signed payment is asked after by name.
  const isMade = kept.authorization !== undefined || isSaleIn(ledger, kept, logs)
  if (receipt.status === 'success' && isMade)
    return { is: 'bought', transaction: { hash, gasUsed, blockNumber, logs } }
  return { is: 'refused', problem: await reasonWhy(ledger, kept, blockNumber) }
}

async function sent(ledger: Ledger, kept: PurchaseKept): Promise<PurchaseFate | null> {
  const { transaction: hash } = kept
  if (!hash) return null
  const found = await mined(ledger, kept, hash)
  if (found) return found
  const waits = await ledger.publicClient.getTransaction({ hash }).catch(nullWhere(TransactionNotFoundError))
  return waits ? { is: 'pending', hash } : null
}

/** An account with code was told a name that the chain may never hear: its bundler has the purchase in hand for a while. */
async function isInHand(ledger: Ledger, kept: PurchaseKept): Promise<boolean> {
  if (kept.authorization || !kept.transaction) return false
  if (!(await isSentByOthers(ledger, kept).catch(failed))) return false
  return (await chainSeconds(ledger)) < kept.sinceSeconds + IN_HAND_SECONDS
}

/** A payment is taken by nothing but the purchase that its nonce names; its owner may also have made it void. */
async function takenBy(ledger: Ledger, kept: PurchaseKept): Promise<Hex | 'void' | null> {
  const { publicClient, addresses } = ledger
  const { authorization } = kept
  if (!authorization) return null
  const nonce = bargainKept(ledger, kept).nonceOf(authorization.salt)
  const money = { address: addresses.money, abi: moneyAbi } as const
  const args = [authorization.from, nonce] as const
  const taken = await publicClient
    .readContract({ ...money, functionName: 'authorizationState', args })
    .catch(failed)
  if (!taken) return null
  const told = async (eventName: 'AuthorizationUsed' | 'AuthorizationCanceled', range: BlockRange) => {
    const about = { ...money, eventName, args: { authorizer: authorization.from, nonce } }
    const [first] = await publicClient.getContractEvents({ ...about, ...range })
    return first?.transactionHash ?? null
  }
  const look = async (range: BlockRange) => {
    const [used, voided] = await Promise.all([
      told('AuthorizationUsed', range),
      told('AuthorizationCanceled', range),
    ])
    return used ?? (voided ? 'void' : null)
  }
  const end = await findSince(ledger, BigInt(kept.sinceBlock), look).catch(failed)
  if (end) return end
  // Another of the endpoint's machines has not seen the block yet: to begin anew now would pay twice.
  throw new Problem('chain_unreachable', {
    got: `a payment that is taken, and no transaction that took it (nonce ${nonce})`,
    expected: 'both in one block',
  })
}

async function isOver(ledger: Ledger, { authorization, accountNonce, buyer }: PurchaseKept) {
  if (authorization) return authorization.validBeforeSeconds <= (await chainSeconds(ledger))
  if (accountNonce === undefined) return false
  return (await ledger.publicClient.getTransactionCount({ address: buyer }).catch(failed)) > accountNonce
}

/** Without a wallet a batch is looked for on the chain alone. */
export async function purchaseFate(
  ledger: Ledger,
  { kept, wallet }: { kept: PurchaseKept; wallet?: Wallet | null },
): Promise<PurchaseFate> {
  if (kept.callsId && wallet) {
    const told = await batchFate(wallet, kept.callsId)
    if (told?.is === 'pending') return told
    if (told?.is === 'mined')
      return (await mined(ledger, kept, told.hash)) ?? { is: 'pending', hash: told.hash }
    if (told?.is === 'failed') return { is: 'refused', problem: await reasonWhy(ledger, kept) }
  }
  // First: how an account stands is asked before its sale is looked for, or a sale between the two would be missed.
  const over = await isOver(ledger, kept)
  const hash = kept.authorization ? await takenBy(ledger, kept) : null
  if (hash === 'void') return { is: 'over' }
  if (hash) return (await mined(ledger, kept, hash)) ?? { is: 'pending', hash }
  const told = await sent(ledger, kept)
  // A relayer may name any transaction: with an authorization, only its having been taken is the purchase.
  if (told?.is === 'bought' && kept.authorization)
    return (await takenBy(ledger, kept)) ? told : { is: 'open' }
  if (told && !(over && told.is === 'refused')) return told
  const sold = kept.authorization ? null : await soldBy(ledger, kept)
  if (sold) return (await mined(ledger, kept, sold)) ?? { is: 'pending', hash: sold }
  if (over) return { is: 'over' }
  return (await isInHand(ledger, kept)) ? { is: 'pending', hash: null } : { is: 'open' }
}
