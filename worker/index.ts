/** The edge. Each line below is one route and one file; nothing here can open what it lists. */
import type { Env } from './env.ts'
import { createApp } from './http.ts'
import { runIndexer } from './indexer/run.ts'
import { getAddresses } from './routes/get-addresses.ts'
import { getBlob } from './routes/get-blob.ts'
import { getContract } from './routes/get-contract.ts'
import { getHealth } from './routes/get-health.ts'
import { getHoldings } from './routes/get-holdings.ts'
import { getListings } from './routes/get-listings.ts'
import { getMetadata } from './routes/get-metadata.ts'
import { getNetwork } from './routes/get-network.ts'
import { getOffers } from './routes/get-offers.ts'
import { getOpenapi } from './routes/get-openapi.ts'
import { getOperators } from './routes/get-operators.ts'
import { getTrades } from './routes/get-trades.ts'
import { getWork } from './routes/get-work.ts'
import { getWorks } from './routes/get-works.ts'
import { postIndex } from './routes/post-index.ts'
import { postListing } from './routes/post-listing.ts'
import { postOffer } from './routes/post-offer.ts'
import { putBlob } from './routes/put-blob.ts'
import { dropExpired } from './store/listings.ts'

const app = createApp()

putBlob(app) //      PUT  /v1/blobs/{sha256}
getBlob(app) //      GET  /v1/blobs/{sha256}
getWorks(app) //     GET  /v1/works
getWork(app) //      GET  /v1/works/{workId}
postListing(app) //  POST /v1/listings
getListings(app) //  GET  /v1/listings
postOffer(app) //    POST /v1/offers
getOffers(app) //    GET  /v1/offers
getOperators(app) // GET  /v1/operators
getHoldings(app) //  GET  /v1/holdings
getTrades(app) //    GET  /v1/trades
getMetadata(app) //  GET  /v1/metadata/{id}
getContract(app) //  GET  /v1/contract
getAddresses(app) // GET  /v1/addresses
getNetwork(app) //   GET  /v1/network
getHealth(app) //    GET  /v1/health
postIndex(app) //    POST /v1/index
getOpenapi(app) //   GET  /openapi.json

/** @public workerd calls these */
// biome-ignore lint/style/noDefaultExport: workerd looks for the handlers under this name
export default {
  fetch: app.fetch,
  async scheduled(_event, env) {
    await runIndexer(env, { wait: false, sweep: true })
    await dropExpired(env.DB)
  },
} satisfies ExportedHandler<Env>
