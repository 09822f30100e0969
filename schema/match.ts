/** How operators are ranked for one work: the same numbers and the same nonce give the same order to whoever counts again. */
import { keccak256, toBytes } from 'viem'
import type { MatchRow, OperatorHealth } from './directory.ts'
import { chargeAtomic, type Prices } from './price.ts'

export const MATCH_WEIGHTS = { price: 0.4, warmth: 0.2, health: 0.25, bond: 0.15 } as const
/** So often a newcomer is asked first: without a first turn nobody would come to a second. */
export const NEWCOMER_SHARE = 0.1
export const NEWCOMER_SECONDS = 14 * 24 * 3600
/** The turn that prices are compared by. */
const TYPICAL_TURN = { inputBytes: 2_000, outputBytes: 2_000 }
/** A bond of so many times the least is as good as a larger one. */
const BOND_TIMES = 10n
/** Waiting so long halves that part of the score. */
const HALF_MS = 500
const UNKNOWN = 0.5

export type Candidate = {
  operator: MatchRow['operator']
  endpoint: string
  prices: Prices
  warm: boolean | null
  health: Pick<OperatorHealth, 'uptime_last_30m' | 'latency_last_30m'> | null
  bondAtomic: string
  registeredAtSeconds: number
}

/** Six decimals: what JSON carries is what is compared. */
const rounded = (value: number) => Math.round(value * 1e6) / 1e6

function healthPart(health: Candidate['health']): number {
  const uptime = health?.uptime_last_30m
  const wait = health?.latency_last_30m
  const up = uptime === null || uptime === undefined ? UNKNOWN : uptime / 100
  const quick = wait ? HALF_MS / (HALF_MS + wait.p50) : UNKNOWN
  return up * (0.7 + 0.3 * quick)
}

function bondPart(bondAtomic: string, minimumBondAtomic: bigint): number {
  const full = minimumBondAtomic * BOND_TIMES
  const bond = BigInt(bondAtomic)
  return full === 0n || bond >= full ? 1 : Number((bond * 1_000_000n) / full) / 1_000_000
}

/** A number from 0 up to 1 that whoever has the nonce can draw again. */
const draw = (seed: string, what: string): number =>
  Number(BigInt(keccak256(toBytes(`${seed}:${what.toLowerCase()}`))) >> 208n) / 2 ** 48

type Asked = { workId: string; nonce: string }

/** The best first; equals in an order that the nonce decides. With the draw won, one newcomer comes before all. */
export function orderRows(rows: readonly MatchRow[], { workId, nonce }: Asked): MatchRow[] {
  const seed = `${workId}:${nonce}`
  const tie = (row: MatchRow) => draw(seed, row.operator)
  const sorted = [...rows].sort((a, b) => b.score - a.score || tie(a) - tie(b))
  if (draw(seed, 'newcomer') >= NEWCOMER_SHARE) return sorted
  const [first] = sorted.filter(row => row.newcomer).sort((a, b) => tie(a) - tie(b))
  return first ? [first, ...sorted.filter(row => row !== first)] : sorted
}

export function rankOperators(
  candidates: readonly Candidate[],
  asked: Asked & { minimumBondAtomic: bigint; nowSeconds: number },
): MatchRow[] {
  const costs = candidates.map(({ prices }) => Number(chargeAtomic(prices, TYPICAL_TURN)))
  const least = Math.min(...costs)
  const rows = candidates.map((candidate, index) => {
    const cost = costs[index] ?? 0
    const parts = {
      price: rounded(cost === 0 ? 1 : least / cost),
      warmth: candidate.warm === true ? 1 : 0,
      health: rounded(healthPart(candidate.health)),
      bond: bondPart(candidate.bondAtomic, asked.minimumBondAtomic),
    }
    const { operator, endpoint, registeredAtSeconds } = candidate
    return {
      ...{ operator, endpoint, score: scoreOf(parts), parts },
      // One that never answered is not tried on whoever drew the lot.
      newcomer:
        asked.nowSeconds - registeredAtSeconds < NEWCOMER_SECONDS && candidate.health?.uptime_last_30m !== 0,
    }
  })
  return orderRows(rows, asked)
}

export const scoreOf = (parts: MatchRow['parts']): number =>
  rounded(
    MATCH_WEIGHTS.price * parts.price +
      MATCH_WEIGHTS.warmth * parts.warmth +
      MATCH_WEIGHTS.health * parts.health +
      MATCH_WEIGHTS.bond * parts.bond,
  )
