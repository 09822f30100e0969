/** When it is time to claim, and how much may ever be owed: rules on numbers alone, so that years of them can be played. */

export type Owing = { owedAtomic: bigint; leaving: boolean }

export type ClaimPolicy = {
  /** Less than this is not worth a transaction until it is old. */
  minimumAtomic: bigint
  /** Never is more than this unclaimed: from half of it on a claim is made at any price, and at all of it no turn begins. */
  maxUnclaimedAtomic: bigint
}

export type Moment = {
  nowMs: number
  /** Since when something has been owed without a break. */
  owingSinceMs: number
  gasPriceWei: bigint
  /** The middle of the last day's prices; null until there are some. */
  usualGasPriceWei: bigint | null
}

export type ClaimReason = 'leaving' | 'risk' | 'age' | 'worth'

const HOUR_MS = 3_600_000
export const MAX_AGE_MS = 24 * HOUR_MS
/** How long a claim that is worth it waits for gas as cheap as usual. */
export const PATIENCE_MS = 6 * HOUR_MS
/** A price this much above the usual is not unusual. */
const DEAR_PERCENT = 120n

/** The first reason that holds, the most urgent first; null while waiting is better. */
export function claimReason(
  owing: readonly Owing[],
  { nowMs, owingSinceMs, gasPriceWei, usualGasPriceWei }: Moment,
  { minimumAtomic, maxUnclaimedAtomic }: ClaimPolicy,
): ClaimReason | null {
  const sum = owing.reduce((total, { owedAtomic }) => total + owedAtomic, 0n)
  if (sum <= 0n) return null
  if (owing.some(({ leaving, owedAtomic }) => leaving && owedAtomic > 0n)) return 'leaving'
  if (2n * sum >= maxUnclaimedAtomic) return 'risk'
  const waitedMs = nowMs - owingSinceMs
  if (waitedMs >= MAX_AGE_MS) return 'age'
  if (sum < minimumAtomic) return null
  const dear = usualGasPriceWei !== null && 100n * gasPriceWei > DEAR_PERCENT * usualGasPriceWei
  return dear && waitedMs < PATIENCE_MS ? null : 'worth'
}

/** A turn begins only when it could be charged in full without more being owed than may be: so no turn ever exceeds it. */
export const hasRoomFor = (
  mostAtomic: bigint,
  { unclaimedAtomic, reservedAtomic }: { unclaimedAtomic: bigint; reservedAtomic: bigint },
  { maxUnclaimedAtomic }: Pick<ClaimPolicy, 'maxUnclaimedAtomic'>,
): boolean => unclaimedAtomic + reservedAtomic + mostAtomic <= maxUnclaimedAtomic

/** The gas prices of the last day, as they were seen. */
export class GasPrices {
  readonly #seen: { atMs: number; wei: bigint }[] = []

  see(wei: bigint, atMs: number): void {
    this.#seen.push({ atMs, wei })
    while ((this.#seen[0]?.atMs ?? atMs) < atMs - MAX_AGE_MS) this.#seen.shift()
  }

  /** A single sight is no habit. */
  usual(): bigint | null {
    if (this.#seen.length < 3) return null
    const sorted = this.#seen.map(({ wei }) => wei).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    return sorted[Math.floor(sorted.length / 2)] ?? null
  }
}
