/** GET /v1/facets: what the works can be narrowed by, and how many have each value. */
import { facetsAnswer } from '@grimoire/schema/facets'
import { createRoute } from '@hono/zod-openapi'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { readFacets } from '../store/facets.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/facets',
  summary: 'Facets of all works',
  middleware: remembered,
  responses: answers('The most frequent values of each facet, with their counts of works', facetsAnswer),
})

export const getFacets = (app: App) => app.openapi(route, async c => c.json(await readFacets(c.env.DB), 200))
