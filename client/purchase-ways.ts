/** The ways to pay for a purchase, each from wherever it stands: what was signed or sent is kept before the next step is taken. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from '@grimoire/schema/hex'
import { isProblem, Problem } from '@grimoire/schema/problem'
import type { Authorization } from '@grimoire/schema/purchase'
import { relayAnswer } from '@grimoire/schema/trading'
import { allowedCalls, type Bargain } from './bargain.ts'
import { awaitBatch, handOver, isNoBatch, isUnknownMethod, newCallsId } from './batch.ts'
import { edgeOf } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import type { Market } from './market.ts'
import { allow, allowanceOf, authorize, permit } from './money.ts'
import type { Buyer } from './purchase.ts'
import { mined, reasonWhy } from './purchase-fate.ts'
import type { PurchaseKept, Way } from './purchase-kept.ts'
import { isSaleIn } from './purchase-sale.ts'
import { requestJson } from './transport.ts'
import { randomBytes32, receiptFor, type Sent, sendCall, type Wallet } from './wallet.ts'

/** What is being done, told as it begins. `allow` is an approval, `relay` the edge's sending. */
export type PurchaseStep = 'check' | 'sign' | 'allow' | 'batch' | 'send' | 'relay' | 'block'

export type Job = {
  market: Market
  buyer: Buyer
  bargain: Bargain
  /** As it was written last. */
  kept: PurchaseKept
  keep: (kept: PurchaseKept) => Promise<PurchaseKept>
  forget: () => Promise<void>
  tell: (step: PurchaseStep) => void
}

/** The wallet signs no typed data, or the money does not take its signatures: both leave the allowance. */
export const cannotSign = (error: unknown): boolean =>
  // Not of one that was taken already or came too late: what else pays, pays a second time.
  (isProblem(error, 'authorization_invalid') &&
    error.details.extra?.errorName === 'TestMoney_BadSignature') ||
  (isProblem(error, 'wallet_refused') && isUnknownMethod(error.details.cause))

/** Signed once; whoever sees it can have it taken until it expires, for this purchase and nothing else. */
async function signedPayment(job: Job): Promise<Authorization> {
  const { market, buyer, bargain } = job
  const { kept } = job
  if (kept.authorization) return kept.authorization
  job.tell('sign')
  const { wallet } = buyer
  const salt = randomBytes32()
  const paid = await authorize(market, {
    ...{ wallet, to: market.addresses.works },
    ...{ valueAtomic: bargain.costAtomic, nonce: bargain.nonceOf(salt) },
  })
  const authorization = {
    from: wallet.account.address,
    salt,
    validAfterSeconds: Number(paid.validAfter),
    validBeforeSeconds: Number(paid.validBefore),
    signature: paid.signature,
  }
  job.kept = await job.keep({ ...kept, authorization })
  return authorization
}

function send(
  job: Job,
  { wallet, data, nonce }: { wallet: Wallet; data: Hex; nonce?: number },
): Promise<Sent> {
  const { market, bargain, tell, keep } = job
  tell('check')
  return sendCall(market, {
    ...{ wallet, to: market.addresses.works, data, what: bargain.what },
    ...(nonce === undefined ? {} : { nonce }),
    onSend: () => tell('send'),
    onSent: async transaction => {
      tell('block')
      job.kept = await keep({ ...job.kept, transaction })
    },
  })
}

/** The transaction is the only trace of this purchase: with its number kept, a second can never be mined beside the first. */
async function sendNumbered(job: Job, data: Hex): Promise<Sent> {
  const { market, buyer, keep } = job
  const { wallet } = buyer
  if (buyer.store === undefined) return send(job, { wallet, data })
  const { address } = wallet.account
  const counted = () =>
    market.publicClient.getTransactionCount({ address, blockTag: 'pending' }).catch(error => {
      throw ledgerProblem(error, 'counting transactions')
    })
  const nonce = job.kept.accountNonce ?? (await counted())
  job.kept = await keep({ ...job.kept, accountNonce: nonce })
  const sent = await send(job, { wallet, data, nonce })
  if (isSaleIn(market, job.kept, sent.logs)) return sent
  throw await reasonWhy(market, job.kept)
}

async function byAllowance(job: Job): Promise<Sent> {
  const { market, buyer, bargain, tell } = job
  const spender = market.addresses.works
  const onSend = () => tell('allow')
  await allow(market, { wallet: buyer.wallet, spender, amountAtomic: bargain.costAtomic, onSend })
  return sendNumbered(job, bargain.byAllowance())
}

async function byPermit(job: Job): Promise<Sent> {
  const { market, buyer, bargain, tell } = job
  tell('sign')
  const { wallet } = buyer
  const spender = market.addresses.works
  const permitted = await permit(market, { wallet, spender, valueAtomic: bargain.costAtomic })
  return sendNumbered(job, bargain.byPermit(permitted))
}

async function byBatch(job: Job): Promise<Sent> {
  const { market, buyer, bargain, tell, keep, forget } = job
  const { wallet } = buyer
  const { works } = market.addresses
  const allowed = await allowanceOf(market, wallet.account.address, works)
  const calls = allowedCalls(market, bargain).slice(allowed < bargain.costAtomic ? 0 : 1)
  const id = job.kept.callsId ?? newCallsId()
  // Kept before the wallet is asked: a page that is gone before the answer asks under the same name again.
  job.kept = await keep({ ...job.kept, callsId: id })
  tell('batch')
  const known = await handOver(wallet, { id, calls }).catch(async error => {
    const problem = ledgerProblem(error, bargain.what)
    if (problem.code !== 'wallet_refused' && !isNoBatch(error)) throw problem
    await forget()
    job.kept = { ...job.kept, callsId: undefined }
    throw isNoBatch(error) ? error : problem
  })
  job.kept = await keep({ ...job.kept, callsId: known })
  tell('block')
  const fate = await awaitBatch(market, wallet, known)
  if (fate?.is !== 'mined') throw await reasonWhy(market, job.kept)
  return inBlock(job, fate.hash)
}

/** The money itself says whether a payment was taken, and it is taken only for what its nonce names. */
async function requireTaken(job: Job, { from, salt }: Authorization, hash: Hex): Promise<void> {
  const { market, bargain } = job
  const { publicClient, addresses } = market
  const read = { address: addresses.money, abi: moneyAbi, functionName: 'authorizationState' } as const
  const taken = await publicClient
    .readContract({ ...read, args: [from, bargain.nonceOf(salt)] })
    .catch(error => {
      throw ledgerProblem(error, 'looking for a relayed purchase')
    })
  if (!taken) throw new Problem('edge_lied', { got: hash, expected: 'a transaction that makes the purchase' })
}

async function byRelay(job: Job): Promise<Sent> {
  const { market, buyer, bargain, tell, keep } = job
  const { wanted, quantity, recipient } = bargain
  const authorization = await signedPayment(job)
  job.kept = await keep({ ...job.kept, isShared: true })
  tell('relay')
  const body = 'workId' in wanted ? { action: 'mint', ...wanted } : { action: 'buy', ...wanted }
  const { transaction } = await requestJson(edgeOf(market), '/v1/relays', {
    method: 'POST',
    json: { ...body, quantity, recipient, maxCostAtomic: String(buyer.maxCostAtomic), authorization },
    schema: relayAnswer,
    // The same authorization asks for the same transaction, so asking again is harmless.
    retries: 2,
  })
  job.kept = await keep({ ...job.kept, transaction })
  tell('block')
  const bought = await inBlock(job, transaction)
  await requireTaken(job, authorization, transaction)
  return bought
}

async function inBlock(job: Job, hash: Hex): Promise<Sent> {
  const { market, bargain, kept } = job
  const { transactionHash } = await receiptFor(market, hash, bargain.what).catch(error => {
    throw ledgerProblem(error, bargain.what)
  })
  const fate = await mined(market, kept, transactionHash)
  if (fate?.is === 'bought') return fate.transaction
  throw fate?.is === 'refused' ? fate.problem : new Problem('chain_unreachable', { got: hash })
}

export const ways: Record<Way, (job: Job) => Promise<Sent>> = {
  authorization: async job => {
    const { buyer, bargain } = job
    const data = bargain.byAuthorization(await signedPayment(job))
    return send(job, { wallet: buyer.sender ?? buyer.wallet, data })
  },
  relay: byRelay,
  batch: byBatch,
  permit: byPermit,
  allowance: byAllowance,
}
