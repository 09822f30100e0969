/** Searching the edge and holding each answer against the chain: what contradicts the ledger is `edge_lied`. */
import { canonicalJson } from '@grimoire/schema/canonical-json'
import { type WorkSummary, type WorksQuery, worksPage } from '@grimoire/schema/catalogue'
import { sameAddress } from '@grimoire/schema/hex'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { askEdge } from './edge.ts'
import { type LedgerWork, ledgerWork, versionHash } from './ledger-work.ts'
import { type Market, modelOf } from './market.ts'

/** A search as the edge takes it, with `query` for its `q`. */
export type FindWorks = Omit<Partial<WorksQuery>, 'q'> & { query?: string }

/** Throws `edge_lied` with the first field that differs. Counters may lag behind the chain, never run ahead of it. */
export function checkSummary(told: WorkSummary, known: LedgerWork, toldVersionHash: string): void {
  const facts: [string, unknown, unknown][] = [
    ['creator', told.creator.toLowerCase(), known.creator.toLowerCase()],
    ['terms', canonicalJson(told.terms), canonicalJson(known.terms)],
    ['contentHash', told.contentHash, toldVersionHash],
  ]
  for (const [field, got, expected] of facts) {
    if (got !== expected) throw new Problem('edge_lied', { param: field, got: { [field]: got }, expected })
  }
  if (told.minted > known.minted) {
    throw new Problem('edge_lied', { param: 'minted', got: told.minted, expected: `at most ${known.minted}` })
  }
}

/** One row against the chain; the counters that come back are the chain's. */
export async function verifySummary<T extends WorkSummary>(market: Market, told: T): Promise<T> {
  const known = await ledgerWork(market, told.workId).catch(error => {
    if (!isProblem(error, 'work_unknown')) throw error
    throw new Problem('edge_lied', { param: 'workId', got: told.workId, expected: 'a work on the ledger' })
  })
  if (told.latestVersion > known.latestVersion) {
    throw new Problem('edge_lied', {
      param: 'latestVersion',
      got: told.latestVersion,
      expected: `at most ${known.latestVersion}`,
    })
  }
  const current = told.latestVersion === known.latestVersion
  const hash = current
    ? known.contentHash
    : await versionHash(market, { workId: told.workId, version: told.latestVersion })
  checkSummary(told, known, hash)
  const { minted, latestVersion, contentHash } = known
  return { ...told, model: modelOf(market, told.workId), minted, latestVersion, contentHash }
}

/**
 * A page of works. Creator, terms, hashes and counters are verified; titles and tags are the edge's words until
 * `readWork` has read the manifest that the ledger names.
 */
export async function findWorks(market: Market, options: FindWorks = {}) {
  const { query, ...rest } = options
  const page = await askEdge(market, 'GET /v1/works', { query: { q: query, ...rest }, schema: worksPage })
  const works = await Promise.all(page.works.map(told => verifySummary(market, told)))
  const strayed = works.find(
    work =>
      (options.kind && work.terms.kind !== options.kind) ||
      (options.creator && !sameAddress(work.creator, options.creator)),
  )
  if (strayed) {
    throw new Problem('edge_lied', { got: strayed.workId, expected: 'only works that the search asked for' })
  }
  return { works, nextCursor: page.nextCursor }
}
