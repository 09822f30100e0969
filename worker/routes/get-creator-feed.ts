/** GET /creators/{address}/feed.xml: the newest works of one creator, for a feed reader. */
import { address } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { getAddress } from 'viem'
import { feed } from '../feed.ts'
import type { App } from '../http.ts'

export const getCreatorFeed = (app: App) =>
  app.get('/creators/:creator/feed.xml', c => {
    const creator = address.safeParse(c.req.param('creator')).data
    if (creator === undefined) {
      const got = c.req.param('creator')
      throw new Problem('request_invalid', { param: 'creator', got, expected: 'an address' })
    }
    return feed(c, getAddress(creator.toLowerCase()))
  })
