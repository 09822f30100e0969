/** POST /v1/messages/listing: a listing to sign; post it with the signature to /v1/listings. */
import { listing, listingTypedData } from '@grimoire/schema/listing'
import { listingMessage, messageBodies } from '@grimoire/schema/trading'
import { settingsOf } from '../env.ts'
import type { App } from '../http.ts'
import { leastProceeds, orderFields, requireHeld } from '../trading/ordering.ts'
import { messageRoute } from '../trading/route.ts'
import { onTheWire } from '../trading/typed-data.ts'

const route = messageRoute('listing', 'Prepare: a listing to sign', {
  body: messageBodies.listing,
  answer: listingMessage,
  codes: ['work_unknown', 'not_holder', 'proceeds_too_low'],
})

export const postMessageListing = (app: App) =>
  app.openapi(route, async c => {
    const { seller, workId, quantity, priceAtomic, minProceedsAtomic, ...wished } = c.req.valid('json')
    const settings = settingsOf(c.env)
    await requireHeld(settings, { workId, holder: seller, quantity })
    const { least } = await leastProceeds(settings, { workId, priceAtomic }, minProceedsAtomic)
    const fields = await orderFields(settings, seller, wished)
    const sums = { priceAtomic, minProceedsAtomic: String(least) }
    const value = listing.parse({ seller, workId, quantity, ...sums, ...fields })
    const { chainId, works } = settings.ADDRESSES
    return c.json({ typedData: onTheWire(listingTypedData(value, chainId, works)), listing: value }, 200)
  })
