/** Before what only the edge's own moderators may do: the wallets that its settings name, signed in like anyone else. */
import { sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { settingsOf } from './env.ts'
import type { Edge } from './http.ts'
import { withManner } from './manner.ts'
import { type SignedIn, signedIn, signedPost } from './signed-in.ts'

const onlyModerators = withManner(
  { codes: ['not_moderator'] },
  createMiddleware<SignedIn>(async (c, next) => {
    const { MODERATORS } = settingsOf(c.env)
    const { wallet } = c.var.visitor.session
    if (!MODERATORS?.some(one => sameAddress(one, wallet)))
      throw new Problem('not_moderator', { got: wallet })
    await next()
  }),
)

type Visited = MiddlewareHandler<SignedIn>

export const moderating: [Visited, Visited] = [signedIn, onlyModerators]
export const moderatingPost = (
  maxSize: number,
): [MiddlewareHandler<Edge>, MiddlewareHandler<Edge>, Visited, Visited] => [
  ...signedPost(maxSize),
  onlyModerators,
]
