/** POST /v1/listings: takes a signed listing that the ledger would accept now; each reason to refuse has its own problem. */
import { listingRow } from '@grimoire/schema/catalogue'
import { listing, signedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { createRoute } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { settingsOf } from '../env.ts'
import { type App, answers, limitWrites } from '../http.ts'
import { checkListing } from '../listing-check.ts'
import { putListing } from '../store/listings.ts'

/** A signature of a smart account may be long; no more than this. */
const MAX_BODY_BYTES = 32_768
const body = signedListing.extend({ listing: listing.strict() }).strict()

const route = createRoute({
  method: 'post',
  path: '/v1/listings',
  summary: 'Offer editions that you hold',
  middleware: [
    limitWrites,
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new Problem('body_too_large', { expected: `at most ${MAX_BODY_BYTES} bytes` })
      },
    }),
  ] as const,
  request: { body: { required: true, content: { 'application/json': { schema: body } } } },
  responses: answers('The listing, as it will be shown', listingRow),
})

export const postListing = (app: App) =>
  app.openapi(route, async c => {
    const signed = c.req.valid('json')
    const { digest, nowSeconds } = await checkListing(settingsOf(c.env), signed)
    return c.json(await putListing(c.env.DB, signed, digest, nowSeconds), 200)
  })
