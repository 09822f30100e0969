/** DELETE /v1/favourites/{workId}: lets a work go; doing it again changes nothing. */
import { favouriteAnswer } from '@grimoire/schema/profile'
import { createRoute } from '@hono/zod-openapi'
import { ofFavourite } from '../favourite-route.ts'
import { type App, answers } from '../http.ts'
import { dropFavourite } from '../store/favourites.ts'

const route = createRoute({
  ...ofFavourite,
  method: 'delete',
  summary: 'Let a work go',
  responses: answers('It is not kept', favouriteAnswer),
})

export const deleteFavourite = (app: App) =>
  app.openapi(route, async c => {
    const { workId } = c.req.valid('param')
    await dropFavourite(c.env.DB, c.var.visitor.session.wallet, workId)
    return c.json({ workId, favourite: false }, 200)
  })
