/** Whether anyone bonded may serve a work now: by its terms, or because nobody on its list has for too long. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { asking, chainOf, minimumBond } from './chain.ts'
import { type Env, type Settings, settingsOf } from './env.ts'
import { nowSeconds } from './now.ts'
import type { ServingQuery } from './store/serving.ts'
import { findWork } from './store/works.ts'

/** The ledger’s own: `Admissions.STRANDED_DELAY`. */
const STRANDED_SECONDS = 30 * 24 * 3600

/** It matters after thirty days, so what the chain said a minute ago will do. */
const KEPT_SECONDS = 60
const MOST_KEPT = 1_000
type Known = { since: number; askedAtSeconds: number }
const known = new WeakMap<Settings, Map<string, Known>>()

async function strandedSince(settings: Settings, workId: string, now: number): Promise<number> {
  const ofWorks = known.get(settings) ?? new Map<string, Known>()
  known.set(settings, ofWorks)
  const kept = ofWorks.get(workId)
  if (kept && now - kept.askedAtSeconds < KEPT_SECONDS) return kept.since
  const since = await askStrandedSince(settings, workId)
  if (ofWorks.size >= MOST_KEPT) ofWorks.clear()
  ofWorks.set(workId, { since, askedAtSeconds: now })
  return since
}

async function askStrandedSince(settings: Settings, workId: string): Promise<number> {
  const question = chainOf(settings).readContract({
    address: settings.ADDRESSES.admissions,
    abi: admissionsAbi,
    functionName: 'strandedSinceSeconds',
    args: [BigInt(workId)],
  })
  return Number(await asking(question))
}

/** Activity of operators is the registry's to count, so whether a work is stranded is asked of the chain. */
export async function servingQuery(env: Env, workId: string): Promise<ServingQuery & { stranded: boolean }> {
  const settings = settingsOf(env)
  const [work, minimumBondAtomic] = await Promise.all([
    findWork(env.DB, settings, workId),
    minimumBond(settings),
  ])
  const now = nowSeconds()
  const listed = work.terms.admission === 'listed'
  // While the chain does not answer, the list stands: who may serve by it may serve in any case.
  const since = listed ? await strandedSince(settings, workId, now).catch(() => now) : now
  const stranded = listed && now > since + STRANDED_SECONDS
  return {
    workId,
    terms: work.terms,
    open: !listed || stranded,
    stranded,
    minimumBondAtomic,
    nowSeconds: now,
  }
}
