/** By what the index knows which order a nonce was filled with: the ledger's events say what was traded, not its digest. */

/** `kind`: a listing sold, or an offer accepted. Two orders alike in all of this differ only in quantity or expiry. */
export const filledOrderOf = (
  kind: 'sale' | 'offer',
  workId: string | bigint,
  priceAtomic: string | bigint,
): string => `${kind} ${workId} ${priceAtomic}`
