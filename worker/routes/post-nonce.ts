/** POST /v1/sessions/nonce: what a wallet has to sign to be let in, with a nonce that is good once and for ten minutes. */
import { SIGN_IN_STATEMENT, signInRequest } from '@grimoire/schema/session'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers, limitWrites } from '../http.ts'
import { ownOrigin } from '../own-origin.ts'
import { giveNonce } from '../store/sessions.ts'

const route = createRoute({
  method: 'post',
  path: '/v1/sessions/nonce',
  summary: 'Ask what to sign to sign in',
  middleware: limitWrites,
  responses: answers(
    'The fields of an EIP-4361 message, version 1, for your address and the present time',
    signInRequest,
    ['sign_in_off'],
  ),
})

export const postNonce = (app: App) =>
  app.openapi(route, async c => {
    const settings = settingsOf(c.env)
    const { host, origin } = ownOrigin(settings, c.req.url)
    const given = await giveNonce(c.env.DB)
    c.header('cache-control', 'no-store')
    return c.json(
      {
        ...{ domain: host, uri: origin, chainId: settings.ADDRESSES.chainId },
        ...{ statement: SIGN_IN_STATEMENT, ...given },
      },
      200,
    )
  })
