/** GET /creators/{address}: the page of a creator, with the tags by which other sites preview it. */
import { worksQuery } from '@grimoire/schema/catalogue'
import { address } from '@grimoire/schema/hex'
import { plain, short } from '@grimoire/schema/shown-text'
import { getAddress } from 'viem'
import { settingsOf } from '../env.ts'
import { faceOf, siteOf, titleOf } from '../face.ts'
import type { App } from '../http.ts'
import { orNothing, type Preview, showPage } from '../preview.ts'
import { listWorks } from '../store/works.ts'

const SHOWN = 3

export const getCreatorPage = (app: App) =>
  app.get('/creators/:creator', async c => {
    const asked = address.safeParse(c.req.param('creator')).data
    if (asked === undefined) return showPage(c, null)
    const creator = getAddress(asked.toLowerCase())
    const preview = async (): Promise<Preview | null> => {
      const settings = settingsOf(c.env)
      const { works } = await listWorks(c.env.DB, settings, worksQuery.parse({ creator, limit: SHOWN }))
      const [newest] = works
      if (!newest) return null
      const site = siteOf(settings, c.req.url)
      const { imageUrl, imageAlt } = await faceOf(newest, site)
      return {
        title: `Works by ${short(creator)}`,
        description: plain(`Prompts and chatbots by ${creator}: ${works.map(titleOf).join(', ')}.`),
        url: `${site}/creators/${creator}`,
        feedUrl: `${site}/creators/${creator}/feed.xml`,
        image: { url: imageUrl, alt: imageAlt },
      }
    }
    return showPage(c, await orNothing(preview()))
  })
