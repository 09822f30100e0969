/** GET /robots.txt: everything may be read, and where the sitemap is. */
import { settingsOf } from '../env.ts'
import { siteOf } from '../face.ts'
import type { App } from '../http.ts'

export const getRobots = (app: App) =>
  app.get('/robots.txt', c => {
    const site = siteOf(settingsOf(c.env), c.req.url)
    return c.text(`User-agent: *\nAllow: /\nDisallow: /v1/blobs/\nSitemap: ${site}/sitemap.xml\n`)
  })
