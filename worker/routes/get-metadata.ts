/** GET /v1/metadata/{id}: ERC-1155 metadata; the id as 64 hex digits, as the standard substitutes it, or in decimal. */
import { tokenMetadata } from '@grimoire/schema/catalogue'
import { workIdText } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { createRoute, z } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { findWork } from '../store/works.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/metadata/{id}',
  summary: 'ERC-1155 metadata of a work',
  request: { params: z.object({ id: z.string().max(100) }) },
  responses: answers('Name, description and attributes', tokenMetadata),
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
    const attribute = (trait_type: string, value: string | number) => ({ trait_type, value })
    return c.json(
      {
        name: work.title ?? `Grimoire work ${workId.slice(0, 8)}`,
        description: work.summary ?? 'A sealed work whose public manifest this edge has not seen yet.',
        decimals: 0 as const,
        ...(settings.PUBLIC_URL
          ? { external_url: new URL(`/works/${workId}`, settings.PUBLIC_URL).href }
          : {}),
        attributes: [
          attribute('Kind', work.terms.kind),
          attribute('Disclosure', work.terms.disclosure),
          attribute('Version', work.latestVersion),
          attribute('Edition cap', work.terms.editionCap),
          attribute('Resale royalty (bps)', work.terms.resaleRoyaltyBps),
          attribute('Usage royalty (bps)', work.terms.usageRoyaltyBps),
          ...(work.baseModelName ? [attribute('Base model', work.baseModelName)] : []),
          { ...attribute('Created', work.createdAtSeconds), display_type: 'date' as const },
        ],
      },
      200,
      { 'cache-control': 'public, max-age=60' },
    )
  })
