/** PUT /v1/favourites/{workId}: keeps a work in mind; doing it again changes nothing. */
import { favouriteAnswer } from '@grimoire/schema/profile'
import { createRoute } from '@hono/zod-openapi'
import { ofFavourite } from '../favourite-route.ts'
import { type App, answers } from '../http.ts'
import { addFavourite } from '../store/favourites.ts'

const route = createRoute({
  ...ofFavourite,
  method: 'put',
  summary: 'Keep a work in mind',
  responses: answers('It is kept', favouriteAnswer, ['work_unknown', 'favourites_full']),
})

export const putFavourite = (app: App) =>
  app.openapi(route, async c => {
    const { workId } = c.req.valid('param')
    await addFavourite(c.env.DB, c.var.visitor.session.wallet, workId)
    return c.json({ workId, favourite: true }, 200)
  })
