/** GET /v1/works: lists and searches works, a page at a time, at the same cost on every page. */
import { worksPage, worksQuery } from '@grimoire/schema/catalogue'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { remembered } from '../remembered.ts'
import { listWorks } from '../store/works.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/works',
  summary: 'List and search works',
  middleware: remembered,
  request: { query: worksQuery },
  responses: answers(
    'A page of works. `order` says how it is ordered: a search whose words many works have goes by age',
    worksPage,
    ['cursor_invalid'],
  ),
})

export const getWorks = (app: App) =>
  app.openapi(route, async c =>
    c.json(await listWorks(c.env.DB, settingsOf(c.env), c.req.valid('query')), 200),
  )
