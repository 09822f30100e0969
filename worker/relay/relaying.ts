/** One gasless purchase: held against the ledger and the relayer's limits, written down, and sent. */
import type { Hex } from '@grimoire/schema/hex'
import { listingTypedData } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { mintNonce, purchaseNonce } from '@grimoire/schema/purchase'
import type { RelayAnswer, RelayBody } from '@grimoire/schema/trading'
import { hashTypedData } from 'viem'
import { type Env, type Settings, settingsOf } from '../env.ts'
import { nowSeconds } from '../now.ts'
import { answerOf, type Outcome, refuse } from '../outcome.ts'
import { requireMoney } from '../trading/money.ts'
import { primaryPurchase, resalePurchase } from '../trading/purchase.ts'
import { type Book, dayEndsAtSeconds } from './book.ts'
import { broadcast, fateOf, signRelay } from './send.ts'

type Key = { payer: Hex; nonce: Hex }

/** As the ledger computes it; it commits to what is bought, for whom, and to nothing that anyone else could change. */
function nonceOf({ ADDRESSES }: Settings, body: RelayBody): Hex {
  const { authorization, quantity, recipient = authorization.from } = body
  const { salt } = authorization
  if (body.action === 'mint') return mintNonce(body.workId, quantity, recipient, salt)
  const digest = hashTypedData(listingTypedData(body.listing, ADDRESSES.chainId, ADDRESSES.works))
  return purchaseNonce(digest, quantity, recipient, salt)
}

/** The call, when the ledger would make the purchase and the payer can pay it. */
async function callOf(settings: Settings, body: RelayBody): Promise<Hex> {
  const { authorization, recipient = authorization.from } = body
  const purchase =
    body.action === 'mint'
      ? await primaryPurchase(settings, { ...body, recipient })
      : await resalePurchase(settings, { ...body, recipient })
  const { RELAYER_MIN_COST_ATOMIC: least } = settings
  if (purchase.costAtomic < least)
    throw new Problem('relay_refused', { got: purchase.costAtomic, expected: `at least ${least}` })
  await requireMoney(settings, authorization.from, purchase.costAtomic)
  return purchase.dataOf(authorization)
}

function requireShare(settings: Settings, book: Book, payer: Hex): void {
  const { ofPayer, ofAll } = book.counts(payer, Date.now())
  const { RELAYER_PER_PAYER_PER_DAY: perPayer, RELAYER_PER_DAY: perDay } = settings
  if (ofPayer < perPayer && ofAll < perDay) return
  const seconds = dayEndsAtSeconds(Date.now()) - nowSeconds()
  const got = ofPayer < perPayer ? `${ofAll} purchases in all today` : `${ofPayer} of this payer today`
  throw new Problem('relayer_spent', { got, extra: { retryAfterSeconds: seconds } })
}

export async function relayOnce(env: Env, book: Book, body: RelayBody): Promise<Outcome<RelayAnswer>> {
  try {
    const settings = settingsOf(env)
    const key = { payer: body.authorization.from, nonce: nonceOf(settings, body) }
    return { answer: (await earlier(settings, book, key)) ?? (await send(settings, book, { key, body })) }
  } catch (error) {
    return refuse(error, 'relayer')
  }
}

/** What the same authorization was answered before; null if it has to be sent, for the first time or anew. */
async function earlier(settings: Settings, book: Book, key: Key): Promise<RelayAnswer | null> {
  const known = book.find(key)
  if (!known) return null
  const { nonce, transaction, raw } = known
  const status = await fateOf(settings, known)
  if (status === 'lost') {
    book.forget(key)
    return null
  }
  if (status === 'sent') await broadcast(settings, raw)
  return { nonce, transaction, status, replayed: true }
}

async function send(
  settings: Settings,
  book: Book,
  { key, body }: { key: Key; body: RelayBody },
): Promise<RelayAnswer> {
  requireShare(settings, book, key.payer)
  const signed = await signRelay(settings, await callOf(settings, body))
  // Written down first: what went out and is not known would be sent twice.
  book.keep({ ...key, ...signed }, Date.now())
  if ((await broadcast(settings, signed.raw)) === 'refused') {
    book.forget(key)
    throw new Problem('relayer_waits', { got: 'a transaction that the chain did not take' })
  }
  return { nonce: key.nonce, transaction: signed.transaction, status: 'sent', replayed: false }
}

export async function relay(env: Env, body: RelayBody): Promise<RelayAnswer> {
  if (settingsOf(env).RELAYER_KEY === undefined) throw new Problem('relayer_off')
  return answerOf<RelayAnswer>(await env.RELAYER.get(env.RELAYER.idFromName('relayer')).relay(body))
}
