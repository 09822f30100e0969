/** GET /oembed?url=: how another site shows a work of ours inline. A picture and links, and no script. */
import { CARD_HEIGHT, CARD_WIDTH } from '@grimoire/schema/card-order'
import { workIdText } from '@grimoire/schema/hex'
import { markup } from '@grimoire/schema/markup'
import { Problem } from '@grimoire/schema/problem'
import { z } from 'zod'
import { settingsOf } from '../env.ts'
import { faceOf, siteOf } from '../face.ts'
import type { App } from '../http.ts'
import { hiddenOf } from '../store/moderation.ts'
import { findWork } from '../store/works.ts'

const side = z.coerce.number().int().min(1).max(10_000).optional()
const query = z.object({
  url: z.url({ protocol: /^https?$/ }).max(500),
  maxwidth: side,
  maxheight: side,
  format: z.enum(['json', 'xml']).default('json'),
})

/** The work that an address of this site names; a refusal for any other address. */
function workIdAt(url: string, site: string): string {
  const at = new URL(url)
  const workId = workIdText.safeParse(/^\/works\/(\d+)\/?$/.exec(at.pathname)?.[1]).data
  if (at.origin === site && workId) return workId
  throw new Problem('not_found', { param: 'url', got: url, expected: `${site}/works/{workId}` })
}

/** As large as allowed, in the card's own proportions. */
function sizeWithin(maxwidth = CARD_WIDTH, maxheight = CARD_HEIGHT) {
  const scale = Math.min(1, maxwidth / CARD_WIDTH, maxheight / CARD_HEIGHT)
  return {
    width: Math.max(1, Math.floor(CARD_WIDTH * scale)),
    height: Math.max(1, Math.floor(CARD_HEIGHT * scale)),
  }
}

export const getOembed = (app: App) =>
  app.get('/oembed', async c => {
    const asked = query.safeParse(c.req.query())
    if (!asked.success) {
      const [issue] = asked.error.issues
      const param = issue?.path.join('.') ?? ''
      throw new Problem('request_invalid', { param, detail: `${param}: ${issue?.message}.` })
    }
    const { url, maxwidth, maxheight, format } = asked.data
    if (format === 'xml')
      throw new Problem('format_unoffered', { param: 'format', got: 'xml', expected: 'json' })
    const settings = settingsOf(c.env)
    const site = siteOf(settings, c.req.url)
    const work = await findWork(c.env.DB, settings, workIdAt(url, site))
    if (await hiddenOf(c.env.DB, work.workId))
      throw new Problem('not_found', { got: url, expected: 'a work that this edge shows' })
    const face = await faceOf(work, site)
    const { width, height } = sizeWithin(maxwidth, maxheight)
    return c.json(
      {
        version: '1.0',
        type: 'rich',
        provider_name: 'Grimoire',
        provider_url: site,
        title: face.title,
        author_name: face.creator,
        author_url: face.creatorUrl,
        cache_age: 300,
        thumbnail_url: face.imageUrl,
        thumbnail_width: CARD_WIDTH,
        thumbnail_height: CARD_HEIGHT,
        html: markup`<a href="${face.url}"><img src="${face.imageUrl}" alt="${face.imageAlt}" width="${width}" height="${height}"></a>`,
        width,
        height,
      },
      200,
      { 'cache-control': 'public, max-age=300' },
    )
  })
