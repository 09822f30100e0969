/** GET /sitemap.xml: which pages of works there are, for search engines. */
import { markup, raw } from '@grimoire/schema/markup'
import { settingsOf } from '../env.ts'
import { siteOf } from '../face.ts'
import { XML_HEADERS } from '../feed.ts'
import type { App } from '../http.ts'
import { pageEnds } from '../store/sitemap.ts'

export const getSitemap = (app: App) =>
  app.get('/sitemap.xml', async c => {
    const settings = settingsOf(c.env)
    const site = siteOf(settings, c.req.url)
    const ends = await pageEnds(c.env.DB, c.env.BLOBS, settings)
    const pages = [...ends, null].map(
      (_, index) => markup`<sitemap><loc>${site}/sitemap/${index + 1}.xml</loc></sitemap>`,
    )
    const body = markup`<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${raw(pages.join(''))}</sitemapindex>`
    return c.body(body, 200, XML_HEADERS)
  })
