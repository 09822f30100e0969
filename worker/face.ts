/** What a work shows of itself outside the market: in link previews, feeds, embeds, wallets and on its share card. */
import type { CardOrder } from '@grimoire/schema/card-order'
import type { WorkSummary } from '@grimoire/schema/catalogue'
import { formatMoney } from '@grimoire/schema/format-money'
import { plain, short } from '@grimoire/schema/shown-text'
import type { Settings } from './env.ts'
import { cardKey } from './store/cards.ts'

const money = (atomic: string): string => `$${formatMoney(BigInt(atomic)).replace(/\B(?=(\d{3})+\.)/g, ',')}`
const costs = (atomic: string): string => (atomic === '0' ? 'free' : money(atomic))

/** What one edition costs now: of its creator while there are any, else of whoever lists one. */
function priceOf({ terms, minted, floorPriceAtomic }: WorkSummary): { price: string; note: string } {
  const editions = `${terms.editionCap.toLocaleString('en')} edition${terms.editionCap === 1 ? '' : 's'}`
  if (minted < terms.editionCap) return { price: costs(terms.priceAtomic), note: `one of ${editions}` }
  if (floorPriceAtomic === null) return { price: 'sold out', note: `all ${editions} are held` }
  return { price: costs(floorPriceAtomic), note: `resale, one of ${editions}` }
}

export const titleOf = (work: WorkSummary): string =>
  plain(work.title ?? '').trim() || `Grimoire work ${work.workId.slice(0, 8)}`

export const orderOf = (work: WorkSummary): CardOrder => ({
  design: 1,
  workId: work.workId,
  kind: work.terms.kind,
  title: work.title,
  creator: short(work.creator),
  ...priceOf(work),
})

/** Where people reach this edge: as it is set, or as it was asked. */
export const siteOf = ({ PUBLIC_URL }: Settings, asked: string): string => new URL(PUBLIC_URL ?? asked).origin

export type Face = {
  title: string
  summary: string
  url: string
  imageUrl: string
  imageAlt: string
  creator: string
  creatorUrl: string
}

/** Of everything a stranger wrote, what hides or turns text is gone; the rest is for its reader to escape. */
export async function faceOf(work: WorkSummary, site: string): Promise<Face> {
  const order = orderOf(work)
  const title = titleOf(work)
  const about = `A ${work.terms.kind} by ${order.creator}, ${order.price}, ${order.note}.`
  return {
    title,
    summary: plain(work.summary ?? '').trim() || about,
    url: `${site}/works/${work.workId}`,
    imageUrl: `${site}/v1/works/${work.workId}/card.png?v=${(await cardKey(order)).slice(0, 16)}`,
    imageAlt: `The cover of ${title}. ${about}`,
    creator: order.creator,
    creatorUrl: `${site}/creators/${work.creator}`,
  }
}
