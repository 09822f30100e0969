/** GET /v1/contract: ERC-7572 metadata of the whole collection. */
import { contractMetadata } from '@grimoire/schema/catalogue'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { siteOf } from '../face.ts'
import { type App, answers } from '../http.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/contract',
  summary: 'ERC-7572 metadata of the collection',
  responses: answers('Name and description', contractMetadata),
})

export const getContract = (app: App) =>
  app.openapi(route, c => {
    const site = siteOf(settingsOf(c.env), c.req.url)
    return c.json(
      {
        name: 'Grimoire',
        symbol: 'GRIM',
        description:
          'Prompts and fine-tuned chatbots, sealed, sold as editions, and served by independent nodes to those who hold them.',
        image: `${site}/favicon.svg`,
        external_link: site,
        collaborators: [],
      },
      200,
    )
  })
