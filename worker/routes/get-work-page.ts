/** GET /works/{workId}: the page of a work, with the tags by which other sites preview it. */
import { workIdText } from '@grimoire/schema/hex'
import { settingsOf } from '../env.ts'
import { faceOf, siteOf } from '../face.ts'
import type { App } from '../http.ts'
import { orNothing, type Preview, showPage } from '../preview.ts'
import { hiddenOf } from '../store/moderation.ts'
import { findWork } from '../store/works.ts'

export const getWorkPage = (app: App) =>
  app.get('/works/:workId', async c => {
    const workId = workIdText.safeParse(c.req.param('workId')).data
    if (workId === undefined) return showPage(c, null)
    const preview = async (): Promise<Preview | null> => {
      const settings = settingsOf(c.env)
      // What is hidden from lists is not shown to other sites either; the page itself says why.
      if (await hiddenOf(c.env.DB, workId)) return null
      const work = await findWork(c.env.DB, settings, workId)
      const site = siteOf(settings, c.req.url)
      const { title, summary: description, url, imageUrl, imageAlt } = await faceOf(work, site)
      const feedUrl = `${site}/creators/${work.creator}/feed.xml`
      return { title, description, url, feedUrl, image: { url: imageUrl, alt: imageAlt } }
    }
    return showPage(c, await orNothing(preview()))
  })
