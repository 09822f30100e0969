/** Posts to an edge what no chain holds: listings, offers and proofs of opening that another edge shows, each checked anew. */
import { listingsPage, offersPage } from '@grimoire/schema/catalogue'
import { openingsPage } from '@grimoire/schema/opening'
import type { LocalEdge } from './local.ts'

export type Reposted = { taken: number; refused: Record<string, number> }

async function read<T>(url: string, parse: (body: unknown) => T): Promise<T> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return parse(await response.json())
}

/** What the other edge shows for one work, as it would be posted. */
async function postedFor(from: string, workId: string): Promise<{ path: string; body: unknown }[]> {
  const [{ listings }, { offers }, { openings }] = await Promise.all([
    read(`${from}/v1/listings?workId=${workId}`, body => listingsPage.parse(body)),
    read(`${from}/v1/offers?workId=${workId}`, body => offersPage.parse(body)),
    read(`${from}/v1/works/${workId}/openings`, body => openingsPage.parse(body)),
  ])
  return [
    ...listings.map(({ listing, signature }) => ({ path: '/v1/listings', body: { listing, signature } })),
    ...offers.map(({ offer, payment, signature }) => ({
      path: '/v1/offers',
      body: { offer, payment, signature },
    })),
    ...openings.map(opening => ({ path: `/v1/works/${workId}/openings`, body: opening })),
  ]
}

/** One by one, through the doors that everybody uses: what the ledger would not take now is refused by its code. */
export async function repost(edge: LocalEdge, from: string, workIds: Iterable<string>): Promise<Reposted> {
  const tally: Reposted = { taken: 0, refused: {} }
  for (const workId of workIds) {
    for (const { path, body } of await postedFor(from, workId)) {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(edge.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
      const answer = (await response.json()) as { code?: string } // Safety: our own edge's JSON.
      if (response.ok) tally.taken++
      else tally.refused[answer.code ?? 'internal'] = (tally.refused[answer.code ?? 'internal'] ?? 0) + 1
    }
  }
  return tally
}
