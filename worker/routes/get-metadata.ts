/** GET /v1/metadata/{id}: ERC-1155 metadata; the id as 64 hex digits, as the standard substitutes it, or in decimal. */
import { tokenMetadata } from '@grimoire/schema/catalogue'
import { workIdText } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { plain } from '@grimoire/schema/shown-text'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { faceOf, siteOf } from '../face.ts'
import { type App, answers } from '../http.ts'
import { findWork } from '../store/works.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/metadata/{id}',
  summary: 'ERC-1155 metadata of a work',
  request: { params: z.object({ id: z.string().max(100) }) },
  responses: answers('Name, description and attributes', tokenMetadata, ['work_unknown']),
})

/** Null when it is neither. 64 digits are hex: a decimal id of that length is written without leading zeros, and hex wins. */
export function workIdOf(text: string): string | null {
  const id = text.replace(/\.json$/, '').replace(/^0x/, '')
  const decimal = /^[0-9a-fA-F]{64}$/.test(id) ? BigInt(`0x${id}`).toString() : id
  return workIdText.safeParse(decimal).data ?? null
}

export const getMetadata = (app: App) =>
  app.openapi(route, async c => {
    const { id } = c.req.valid('param')
    const workId = workIdOf(id)
    if (workId === null) {
      throw new Problem('request_invalid', {
        param: 'id',
        got: id,
        expected: '64 hex digits or a decimal id',
      })
    }
    const settings = settingsOf(c.env)
    const work = await findWork(c.env.DB, settings, workId)
    const face = await faceOf(work, siteOf(settings, c.req.url))
    const attribute = (trait_type: string, value: string | number) => ({ trait_type, value })
    return c.json(
      {
        name: face.title,
        description: work.summary
          ? face.summary
          : 'A sealed work whose public manifest this edge has not seen yet.',
        decimals: 0 as const,
        image: face.imageUrl,
        external_url: face.url,
        attributes: [
          attribute('Kind', work.terms.kind),
          attribute('Disclosure', work.terms.disclosure),
          attribute('Version', work.latestVersion),
          attribute('Creator', work.creator),
          attribute('Admission', work.terms.admission),
          attribute('Edition cap', work.terms.editionCap),
          attribute('Minted', work.minted),
          attribute('Resale royalty (bps)', work.terms.resaleRoyaltyBps),
          attribute('Usage royalty (bps)', work.terms.usageRoyaltyBps),
          attribute('Proofs of opening', work.openings),
          ...(work.baseModelName ? [attribute('Base model', plain(work.baseModelName))] : []),
          ...(work.language ? [attribute('Language', work.language)] : []),
          ...(work.licence ? [attribute('Licence', plain(work.licence))] : []),
          ...(work.hasAdapter === null ? [] : [attribute('Adapter', work.hasAdapter ? 'yes' : 'no')]),
          ...work.tags.map(tag => attribute('Tag', tag)),
          { ...attribute('Created', work.createdAtSeconds), display_type: 'date' as const },
        ],
      },
      200,
      { 'cache-control': 'public, max-age=60' },
    )
  })
