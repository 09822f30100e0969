/** The edge. Each line below is one route and one file; nothing here can open what it lists. */

import { deliverDue } from './deliver.ts'
import { type Env, settingsOf } from './env.ts'
import { probeOperators } from './health/run.ts'
import { createApp } from './http.ts'
import { runIndexer } from './indexer/writer.ts'
import { forgetAll, remembering } from './remembered.ts'
import { deleteFavourite } from './routes/delete-favourite.ts'
import { deleteSession } from './routes/delete-session.ts'
import { deleteSessions } from './routes/delete-sessions.ts'
import { deleteUpload } from './routes/delete-upload.ts'
import { deleteWebhook } from './routes/delete-webhook.ts'
import { getActivity } from './routes/get-activity.ts'
import { getAddresses } from './routes/get-addresses.ts'
import { getBlob } from './routes/get-blob.ts'
import { getCard } from './routes/get-card.ts'
import { getChildren } from './routes/get-children.ts'
import { getContract } from './routes/get-contract.ts'
import { getCreator } from './routes/get-creator.ts'
import { getCreatorFeed } from './routes/get-creator-feed.ts'
import { getCreatorPage } from './routes/get-creator-page.ts'
import { getDeliveries } from './routes/get-deliveries.ts'
import { getDocs } from './routes/get-docs.ts'
import { getEarningPayments } from './routes/get-earning-payments.ts'
import { getEarnings } from './routes/get-earnings.ts'
import { getFacets } from './routes/get-facets.ts'
import { getFavourites } from './routes/get-favourites.ts'
import { getFeed } from './routes/get-feed.ts'
import { getHealth } from './routes/get-health.ts'
import { getHolder } from './routes/get-holder.ts'
import { getHolderActivity } from './routes/get-holder-activity.ts'
import { getHolderOrders } from './routes/get-holder-orders.ts'
import { getHoldings } from './routes/get-holdings.ts'
import { getIpfs } from './routes/get-ipfs.ts'
import { getListings } from './routes/get-listings.ts'
import { getLlms } from './routes/get-llms.ts'
import { getMatch } from './routes/get-match.ts'
import { getMetadata } from './routes/get-metadata.ts'
import { getModeration } from './routes/get-moderation.ts'
import { getNetwork } from './routes/get-network.ts'
import { getOembed } from './routes/get-oembed.ts'
import { getOffers } from './routes/get-offers.ts'
import { getOpenapi } from './routes/get-openapi.ts'
import { getOpenings } from './routes/get-openings.ts'
import { getOperator } from './routes/get-operator.ts'
import { getOperators } from './routes/get-operators.ts'
import { getPrices } from './routes/get-prices.ts'
import { getProfile } from './routes/get-profile.ts'
import { getRelayer } from './routes/get-relayer.ts'
import { getReports } from './routes/get-reports.ts'
import { getRobots } from './routes/get-robots.ts'
import { getSession } from './routes/get-session.ts'
import { getSessions } from './routes/get-sessions.ts'
import { getSitemap } from './routes/get-sitemap.ts'
import { getSitemapPage } from './routes/get-sitemap-page.ts'
import { getTrades } from './routes/get-trades.ts'
import { getUpload } from './routes/get-upload.ts'
import { getWebhooks } from './routes/get-webhooks.ts'
import { getWork } from './routes/get-work.ts'
import { getWorkOperators } from './routes/get-work-operators.ts'
import { getWorkPage } from './routes/get-work-page.ts'
import { getWorks } from './routes/get-works.ts'
import { postIndex } from './routes/post-index.ts'
import { postListing } from './routes/post-listing.ts'
import { postMessageBuy } from './routes/post-message-buy.ts'
import { postMessageListing } from './routes/post-message-listing.ts'
import { postMessageMint } from './routes/post-message-mint.ts'
import { postMessageOffer } from './routes/post-message-offer.ts'
import { postModeration } from './routes/post-moderation.ts'
import { postNonce } from './routes/post-nonce.ts'
import { postOffer } from './routes/post-offer.ts'
import { postOpening } from './routes/post-opening.ts'
import { postRelay } from './routes/post-relay.ts'
import { postRenewal } from './routes/post-renewal.ts'
import { postReport } from './routes/post-report.ts'
import { postSession } from './routes/post-session.ts'
import { postTransactionAcceptOffer } from './routes/post-transaction-accept-offer.ts'
import { postTransactionAllow } from './routes/post-transaction-allow.ts'
import { postTransactionBuy } from './routes/post-transaction-buy.ts'
import { postTransactionCancel } from './routes/post-transaction-cancel.ts'
import { postTransactionCancelAll } from './routes/post-transaction-cancel-all.ts'
import { postTransactionGift } from './routes/post-transaction-gift.ts'
import { postTransactionMint } from './routes/post-transaction-mint.ts'
import { postTransactionOpenCopy } from './routes/post-transaction-open-copy.ts'
import { postTransactionWithdraw } from './routes/post-transaction-withdraw.ts'
import { postUpload } from './routes/post-upload.ts'
import { postUploadCompletion } from './routes/post-upload-completion.ts'
import { postWebhook } from './routes/post-webhook.ts'
import { putBlob } from './routes/put-blob.ts'
import { putChunk } from './routes/put-chunk.ts'
import { putFavourite } from './routes/put-favourite.ts'
import { putProfile } from './routes/put-profile.ts'
import { describeSecurity } from './signed-in.ts'
import { sweepUploads } from './store/finish-upload.ts'
import { dropExpired } from './store/listings.ts'
import { dropReplays } from './store/replays.ts'
import { dropEnded } from './store/sessions.ts'
import { sweepBlobs } from './store/sweep-blobs.ts'
import { dropUnsignedDays } from './store/unsigned-bytes.ts'

const app = createApp()
describeSecurity(app)

putBlob(app) //      PUT  /v1/blobs/{sha256}
getBlob(app) //      GET  /v1/blobs/{sha256}
getIpfs(app) //      GET  /ipfs/{cid}
postUpload(app) //   POST /v1/uploads
getUpload(app) //    GET  /v1/uploads/{uploadId}
deleteUpload(app) // DELETE /v1/uploads/{uploadId}
putChunk(app) //     PUT  /v1/uploads/{uploadId}/chunks/{chunk}
postUploadCompletion(app) // POST /v1/uploads/{uploadId}/complete
getWorks(app) //     GET  /v1/works
getFacets(app) //    GET  /v1/facets
getWork(app) //      GET  /v1/works/{workId}
getChildren(app) //  GET  /v1/works/{workId}/children
getPrices(app) //    GET  /v1/works/{workId}/prices
getActivity(app) //  GET  /v1/works/{workId}/activity
getHolder(app) //    GET  /v1/holders/{holder}
getHolderActivity(app) // GET /v1/holders/{holder}/activity
getHolderOrders(app) // GET /v1/holders/{holder}/orders
getCreator(app) //   GET  /v1/creators/{creator}
getWorkOperators(app) // GET /v1/works/{workId}/operators
getMatch(app) //     GET  /v1/works/{workId}/match
postOpening(app) //  POST /v1/works/{workId}/openings
getOpenings(app) //  GET  /v1/works/{workId}/openings
postListing(app) //  POST /v1/listings
getListings(app) //  GET  /v1/listings
postOffer(app) //    POST /v1/offers
getOffers(app) //    GET  /v1/offers
getOperators(app) // GET  /v1/operators
getOperator(app) //  GET  /v1/operators/{operator}
getHoldings(app) //  GET  /v1/holdings
getTrades(app) //    GET  /v1/trades
getEarnings(app) //  GET  /v1/earnings
getEarningPayments(app) // GET /v1/earnings/payments
getMetadata(app) //  GET  /v1/metadata/{id}
getContract(app) //  GET  /v1/contract
getAddresses(app) // GET  /v1/addresses
getNetwork(app) //   GET  /v1/network
getHealth(app) //    GET  /v1/health
postIndex(app) //    POST /v1/index
postNonce(app) //    POST /v1/sessions/nonce
postSession(app) //  POST /v1/sessions
getSessions(app) //  GET  /v1/sessions
deleteSessions(app) // DELETE /v1/sessions
getSession(app) //   GET  /v1/session
deleteSession(app) // DELETE /v1/session
postRenewal(app) //  POST /v1/session/renewal
deleteFavourite(app) // DELETE /v1/favourites/{workId}
getFavourites(app) // GET  /v1/favourites
putFavourite(app) // PUT  /v1/favourites/{workId}
getProfile(app) // GET  /v1/profiles/{wallet}
putProfile(app) // PUT  /v1/profile
postReport(app) // POST /v1/reports
getReports(app) // GET  /v1/reports
postModeration(app) // POST /v1/moderation
getModeration(app) // GET  /v1/moderation
postWebhook(app) // POST /v1/webhooks
getWebhooks(app) // GET  /v1/webhooks
deleteWebhook(app) // DELETE /v1/webhooks/{webhookId}
getDeliveries(app) // GET  /v1/webhooks/{webhookId}/deliveries
getOpenapi(app) //   GET  /openapi.json
getCard(app) //      GET  /v1/works/{workId}/card.png
getDocs(app) //      GET  /docs

// For a client that only signs and sends.
postMessageListing(app) // POST /v1/messages/listing
postMessageOffer(app) // POST /v1/messages/offer
postMessageMint(app) // POST /v1/messages/mint
postMessageBuy(app) // POST /v1/messages/buy
postTransactionAllow(app) // POST /v1/transactions/allow
postTransactionMint(app) // POST /v1/transactions/mint
postTransactionBuy(app) // POST /v1/transactions/buy
postTransactionAcceptOffer(app) // POST /v1/transactions/accept-offer
postTransactionCancel(app) // POST /v1/transactions/cancel
postTransactionCancelAll(app) // POST /v1/transactions/cancel-all
postTransactionOpenCopy(app) // POST /v1/transactions/open-copy
postTransactionGift(app) // POST /v1/transactions/gift
postTransactionWithdraw(app) // POST /v1/transactions/withdraw
postRelay(app) // POST /v1/relays
getRelayer(app) // GET /v1/relayer

// What people and their programs meet outside the API.
getWorkPage(app) //     GET /works/{workId}
getCreatorPage(app) //  GET /creators/{address}
getCreatorFeed(app) //  GET /creators/{address}/feed.xml
getFeed(app) //         GET /feed.xml
getOembed(app) //       GET /oembed
getSitemap(app) //      GET /sitemap.xml
getSitemapPage(app) //  GET /sitemap/{page}.xml
getRobots(app) //       GET /robots.txt
getLlms(app) //         GET /llms.txt

/** @public workerd makes one of each of these, see `wrangler.toml` */
export { IndexWriter } from './indexer/writer.ts'
/** @public as above */
export { Relayer } from './relay/relayer.ts'

/** @public workerd looks for these handlers under this name, and calls them */
export default {
  fetch: remembering(app),
  async scheduled(_event, env) {
    const store = { db: env.DB, blobs: env.BLOBS }
    const jobs: (() => Promise<unknown>)[] = [
      async () => runIndexer(env, { sweep: true }),
      async () => dropExpired(env.DB),
      async () => dropEnded(env.DB),
      async () => deliverDue(env),
      async () => dropReplays(env.DB),
      async () => dropUnsignedDays(env.DB),
      async () => sweepUploads(store),
      async () => sweepBlobs(store, settingsOf(env)),
      async () => probeOperators(env),
    ]
    // One after the other; what one cannot do now, say while no chain answers, is no reason to leave the others undone.
    for (const job of jobs)
      await job()
        .catch(error => console.error(JSON.stringify({ scheduled: String(error) })))
        .finally(() => forgetAll(env))
  },
} satisfies ExportedHandler<Env>
