/** GET /sitemap/{page}.xml: the addresses of some thousands of works, oldest first. */
import { markup, raw } from '@grimoire/schema/markup'
import { Problem } from '@grimoire/schema/problem'
import { settingsOf } from '../env.ts'
import { siteOf } from '../face.ts'
import { XML_HEADERS } from '../feed.ts'
import type { App } from '../http.ts'
import { pageEnds, worksOfPage } from '../store/sitemap.ts'

export const getSitemapPage = (app: App) =>
  app.get('/sitemap/:page', async c => {
    const settings = settingsOf(c.env)
    const site = siteOf(settings, c.req.url)
    const asked = c.req.param('page')
    const number = Number(/^([1-9]\d{0,5})\.xml$/.exec(asked)?.[1] ?? 0)
    const ends = await pageEnds(c.env.DB, c.env.BLOBS, settings)
    const works = await worksOfPage(c.env.DB, ends, number)
    if (!works) throw new Problem('not_found', { got: asked, expected: `1.xml to ${ends.length + 1}.xml` })
    const urls = works.map(({ workId, publishedAtSeconds }) => {
      const day = new Date(publishedAtSeconds * 1000).toISOString().slice(0, 10)
      return markup`<url><loc>${site}/works/${workId}</loc><lastmod>${day}</lastmod></url>`
    })
    const home = number === 1 ? markup`<url><loc>${site}/</loc></url>` : ''
    const body = markup`<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${raw(home + urls.join(''))}</urlset>`
    return c.body(body, 200, XML_HEADERS)
  })
