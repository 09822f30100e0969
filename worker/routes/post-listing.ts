/** POST /v1/listings: takes a signed listing that the ledger would accept now; each reason to refuse has its own problem. */
import { listingRow } from '@grimoire/schema/catalogue'
import { listing, signedListing } from '@grimoire/schema/listing'
import { createRoute } from '@hono/zod-openapi'
import { settingsOf } from '../env.ts'
import { type App, answers, limitOrders } from '../http.ts'
import { checkListing } from '../listing-check.ts'
import { putListing } from '../store/listings.ts'

const body = signedListing.extend({ listing: listing.strict() }).strict()

const route = createRoute({
  method: 'post',
  path: '/v1/listings',
  summary: 'Offer editions that you hold',
  middleware: limitOrders,
  request: { body: { required: true, content: { 'application/json': { schema: body } } } },
  responses: answers('The listing, as it will be shown', listingRow, [
    'work_unknown',
    'listing_not_held',
    'order_signature_invalid',
    'order_cancelled',
    'order_expired',
    'proceeds_too_low',
    'chain_unreachable',
  ]),
})

export const postListing = (app: App) =>
  app.openapi(route, async c => {
    const signed = c.req.valid('json')
    const { digest, leftQuantity, maxFeeBps, nowSeconds } = await checkListing(settingsOf(c.env), signed)
    await putListing(c.env.DB, signed, { digest, maxFeeBps, nowSeconds })
    return c.json({ ...signed, digest, leftQuantity, postedAtSeconds: nowSeconds }, 200)
  })
