/** GET /v1/health: how far the index is behind the chain, and why. Always 200: a reader decides what is too far. */
import { edgeHealth } from '@grimoire/schema/catalogue'
import { createRoute } from '@hono/zod-openapi'
import { chainOf } from '../chain.ts'
import { settingsOf } from '../env.ts'
import { type App, answers } from '../http.ts'
import { otherLedger, readPlace } from '../indexer/place.ts'

/** The clock indexes once a minute; a public chain makes some 30 blocks in that time. */
const LAG_TOLERATED_BLOCKS = 60

const route = createRoute({
  method: 'get',
  path: '/v1/health',
  summary: 'The state of the index',
  responses: answers('Where the index and the chain are', edgeHealth),
})

export const getHealth = (app: App) =>
  app.openapi(route, async c => {
    const settings = settingsOf(c.env)
    const { chainId, deployedAtBlock } = settings.ADDRESSES
    const [place, head] = await Promise.all([
      readPlace(c.env.DB),
      chainOf(settings)
        .getBlockNumber()
        .then(Number)
        .catch(() => null),
    ])
    const other = otherLedger(settings, place)
    const indexedBlock = place?.number ?? deployedAtBlock - 1
    const lagBlocks = head === null ? null : Math.max(0, head - indexedBlock)
    const unanswered = head === null ? 'The chain does not answer.' : null
    const behind = lagBlocks === null || lagBlocks > LAG_TOLERATED_BLOCKS || place?.reason != null
    return c.json(
      {
        status:
          other || place?.halted ? ('stopped' as const) : behind ? ('behind' as const) : ('ok' as const),
        chainId,
        indexedBlock,
        indexedAtSeconds: place?.atSeconds ?? 0,
        headBlock: head,
        lagBlocks,
        reason: other?.message ?? place?.reason ?? unanswered,
        passedOver: place?.passedOver ?? [],
      },
      200,
    )
  })
