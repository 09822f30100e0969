/** GET /v1/favourites: the works that the visitor keeps in mind, the newest first. */
import { pageQuery } from '@grimoire/schema/page'
import { favouritesPage } from '@grimoire/schema/profile'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { signedIn } from '../signed-in.ts'
import { favouritesOf } from '../store/favourites.ts'

const route = createRoute({
  method: 'get',
  path: '/v1/favourites',
  summary: 'The works that you keep in mind',
  middleware: signedIn,
  request: { query: pageQuery },
  responses: answers('A page of them', favouritesPage, ['cursor_invalid']),
})

export const getFavourites = (app: App) =>
  app.openapi(route, async c => {
    const query = c.req.valid('query')
    return c.json(await favouritesOf(c.env.DB, settingsOf(c.env), c.var.visitor.session.wallet, query), 200)
  })
