/** New works as RSS 2.0, of all or of one creator. */
import type { WorkSummary } from '@grimoire/schema/catalogue'
import { worksQuery } from '@grimoire/schema/catalogue'
import { markup, raw } from '@grimoire/schema/markup'
import type { Context } from 'hono'
import { settingsOf } from './env.ts'
import { faceOf, siteOf } from './face.ts'
import type { Edge } from './http.ts'
import { listWorks } from './store/works.ts'

const ITEMS = 50
export const XML_HEADERS = {
  'content-type': 'application/xml; charset=utf-8',
  'cache-control': 'public, max-age=300',
}

async function itemOf(work: WorkSummary, site: string): Promise<string> {
  const { title, summary, url, imageUrl, creator } = await faceOf(work, site)
  return markup`<item><title>${title}</title><link>${url}</link><guid isPermaLink="true">${url}</guid><pubDate>${new Date(work.createdAtSeconds * 1000).toUTCString()}</pubDate><dc:creator>${creator}</dc:creator><category>${work.terms.kind}</category><description>${summary}</description><media:content url="${imageUrl}" medium="image" type="image/png"/></item>`
}

export async function feed(c: Context<Edge>, creator?: string): Promise<Response> {
  const settings = settingsOf(c.env)
  const site = siteOf(settings, c.req.url)
  const query = worksQuery.parse({ limit: ITEMS, sort: 'new', ...(creator ? { creator } : {}) })
  const { works } = await listWorks(c.env.DB, settings, query)
  const items = await Promise.all(works.map(work => itemOf(work, site)))
  const page = creator ? `${site}/creators/${creator}` : `${site}/`
  const title = creator ? `New works by ${creator}` : 'New works on Grimoire'
  const body = markup`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>${title}</title><link>${page}</link><atom:link href="${page.replace(/\/$/, '')}/feed.xml" rel="self" type="application/rss+xml"/><description>Prompts and fine-tuned chatbots, sealed and sold in editions.</description><language>en</language>${raw(items.join(''))}</channel></rss>`
  return c.body(body, 200, { ...XML_HEADERS, 'content-type': 'application/rss+xml; charset=utf-8' })
}
