/**
 * Years of claims under the node's own rules, with a clock and a chain from a seed: how much is ever at risk, and what is
 * lost. `npm run proof -- claims [years] [seed]`.
 */
import { Market, type World, type Years } from '@grimoire/inference-node/till/trial/years'
import { claim, prove } from './proof.ts'

const YEARS = 200
const HOUR_MS = 3_600_000
const policy = { minimumAtomic: 10_000n, maxUnclaimedAtomic: 1_000_000n }

/** Fails in every year in which more than the bound was unclaimed, or something lost that should not be. */
function play(years: number, seed: number, world: World, mayLose: bigint) {
  const seen: Years[] = []
  for (let year = 0; year < years; year++) seen.push(new Market(seed + year, policy, world).run())
  const failed = seen.filter(({ worstAtomic, worstReorgedAtomic, lostAtomic, exits }) => {
    const lostMost = mayLose * BigInt(exits)
    return (
      worstAtomic > policy.maxUnclaimedAtomic ||
      worstReorgedAtomic > 2n * policy.maxUnclaimedAtomic ||
      lostAtomic > lostMost
    )
  })
  const sum = (of: (one: Years) => number | bigint) => seen.reduce((total, one) => total + Number(of(one)), 0)
  const most = (of: (one: Years) => bigint) => {
    const sums = seen.map(of).sort((a, b) => (a < b ? -1 : 1))
    return String(sums.at(-1) ?? 0n)
  }
  return Promise.resolve({
    ...{ n: years, failures: failed.length, bound: String(policy.maxUnclaimedAtomic) },
    ...{ worst: most(one => one.worstAtomic), worstReorged: most(one => one.worstReorgedAtomic) },
    ...{ lost: sum(one => one.lostAtomic), charged: sum(one => one.chargedAtomic) },
    ...{ turns: sum(one => one.turns), refused: sum(one => one.refused), claims: sum(one => one.claims) },
    ...{ vanished: sum(one => one.vanished), exits: sum(one => one.exits) },
  })
}

await prove('claims', async ([wanted, given]) => {
  const [years, seed] = [Number(wanted ?? YEARS), Number(given ?? Math.floor(Date.now() / 1000))]
  const public24h: World = { days: 365, delayMs: 24 * HOUR_MS, longestAwayMs: 23 * HOUR_MS }
  const tooLong: World = { days: 365, delayMs: HOUR_MS, longestAwayMs: 48 * HOUR_MS }
  return [
    await claim({ name: 'payers wait longer than the chain is away: nothing is lost', seed }, () =>
      play(years, seed, public24h, 0n),
    ),
    await claim({ name: 'the chain is away longer: each exit costs less than the bound', seed }, () =>
      play(years, seed, tooLong, policy.maxUnclaimedAtomic),
    ),
  ]
})
