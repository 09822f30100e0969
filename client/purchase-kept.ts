/** What is kept of a purchase that is under way: enough to go on after a restart without asking twice or paying twice. */
import { atomicText } from '@grimoire/schema/amounts'
import { address, bytes32, type Hex, seconds, workIdText } from '@grimoire/schema/hex'
import { signedListing } from '@grimoire/schema/listing'
import { orderQuantity } from '@grimoire/schema/order'
import { authorization } from '@grimoire/schema/purchase'
import { z } from 'zod'
import { type Bargain, bargainOf, type Wanted } from './bargain.ts'
import type { Ledger } from './market.ts'

/** Texts under keys. What is signed there pays for one purchase only, and is still nobody else's business. */
export type PurchaseStore = {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string): Promise<void>
  delete(key: string): Promise<void>
  /** The texts under all keys that begin like this. */
  list(prefix: string): Promise<[key: string, text: string][]>
}

/** The default, for a program that ends with its purchase. */
export function memoryPurchases(): PurchaseStore {
  const texts = new Map<string, string>()
  return {
    get: async key => texts.get(key),
    set: async (key, text) => void texts.set(key, text),
    delete: async key => void texts.delete(key),
    list: async prefix => [...texts].filter(([key]) => key.startsWith(prefix)),
  }
}

/**
 * `authorization` (the default) is one signature of an EIP-3009 payment and a transaction; `relay` the same signature, and
 * the edge sends it; `batch` one confirmation of allowance and purchase together (EIP-5792); `permit` a signature of an
 * EIP-2612 allowance and a transaction; `allowance` two transactions, for whoever can sign neither.
 */
export const WAYS = ['authorization', 'relay', 'batch', 'permit', 'allowance'] as const
export type Way = (typeof WAYS)[number]

const purchaseKept = z.object({
  buyer: address,
  recipient: address,
  workId: workIdText,
  quantity: orderQuantity,
  costAtomic: atomicText,
  /** Bought from a holder; from its creator without it. */
  listing: signedListing.optional(),
  way: z.enum(WAYS),
  /** Nothing of it is on the chain before this block. */
  sinceBlock: z.string(),
  sinceSeconds: seconds,
  /** The signed payment. */
  authorization: authorization.optional(),
  /** Somebody else has the signed payment, and may hand it in as long as it is good. */
  isShared: z.boolean().optional(),
  /** The name by which the wallet knows the batch; chosen here, so that asking again is not asking twice. */
  callsId: z.string().optional(),
  /** Of the buyer’s account, where the transaction is the only trace. */
  accountNonce: z.number().int().min(0).optional(),
  transaction: bytes32.optional(),
  /** It is in a block; what is kept is a receipt now. */
  isBought: z.boolean().optional(),
})
export type PurchaseKept = z.infer<typeof purchaseKept>

const NO_SALT: Hex = `0x${'00'.repeat(32)}`

const under = ({ addresses }: Ledger, buyer: Hex) =>
  `${addresses.chainId}/${addresses.works}/${buyer}/`.toLowerCase()

/** One for each thing that one account buys for one recipient: who wants more of it says a quantity. */
export const keyOf = (ledger: Ledger, buyer: Hex, { workId, nonceOf }: Pick<Bargain, 'workId' | 'nonceOf'>) =>
  `${under(ledger, buyer)}${workId}/${nonceOf(NO_SALT)}`

export const bargainKept = (ledger: Ledger, kept: PurchaseKept): Bargain => {
  const { workId, listing, quantity, recipient, costAtomic } = kept
  const wanted: Wanted = listing ?? { workId }
  return bargainOf(ledger, wanted, { quantity, recipient, costAtomic: BigInt(costAtomic) })
}

/** What cannot be read is none of ours: an earlier release's, or another program's. */
function read(text: string | undefined): PurchaseKept | null {
  if (text === undefined) return null
  try {
    return purchaseKept.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export const readKept = async (store: PurchaseStore, key: string): Promise<PurchaseKept | null> =>
  read(await store.get(key))

export const writeKept = (store: PurchaseStore, key: string, kept: PurchaseKept): Promise<void> =>
  store.set(key, JSON.stringify(kept))

/** All that one account has under way or has just ended, the newest first. */
export async function purchasesOf(
  ledger: Ledger,
  { store, buyer }: { store: PurchaseStore; buyer: Hex },
): Promise<PurchaseKept[]> {
  const found = await store.list(under(ledger, buyer))
  return found
    .map(([, text]) => read(text))
    .filter(kept => kept !== null)
    .sort((a, b) => b.sinceSeconds - a.sinceSeconds)
}

/**
 * For a receipt that was seen, and for a purchase that shall not go on. What was sent already may still happen; what was
 * only signed is then known to nobody.
 */
export const forgetPurchase = (
  ledger: Ledger,
  { store, kept }: { store: PurchaseStore; kept: PurchaseKept },
) => store.delete(keyOf(ledger, kept.buyer, bargainKept(ledger, kept)))
