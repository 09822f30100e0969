/** The edge. Each line below is one route and one file, read when it is first asked; nothing here can open what it lists. */
import { createDoor } from './door.ts'
import type { Env } from './env.ts'
import type { App } from './http.ts'
import { type Lines, openOnDemand, wholeOf } from './on-demand.ts'
import { remembering } from './remembered.ts'

/** All routes at once, for those that describe them. */
const whole = (): Promise<App> => wholeOf(routes)

const routes: Lines = {
  'PUT /v1/blobs/{sha256}': async () => (await import('./routes/put-blob.ts')).putBlob,
  'GET /v1/blobs/{sha256}': async () => (await import('./routes/get-blob.ts')).getBlob,
  'GET /ipfs/{cid}': async () => (await import('./routes/get-ipfs.ts')).getIpfs,
  'POST /v1/uploads': async () => (await import('./routes/post-upload.ts')).postUpload,
  'GET /v1/uploads/{uploadId}': async () => (await import('./routes/get-upload.ts')).getUpload,
  'DELETE /v1/uploads/{uploadId}': async () => (await import('./routes/delete-upload.ts')).deleteUpload,
  'PUT /v1/uploads/{uploadId}/chunks/{chunk}': async () => (await import('./routes/put-chunk.ts')).putChunk,
  'POST /v1/uploads/{uploadId}/complete': async () =>
    (await import('./routes/post-upload-completion.ts')).postUploadCompletion,
  'GET /v1/works': async () => (await import('./routes/get-works.ts')).getWorks,
  'GET /v1/facets': async () => (await import('./routes/get-facets.ts')).getFacets,
  'GET /v1/works/{workId}': async () => (await import('./routes/get-work.ts')).getWork,
  'GET /v1/works/{workId}/children': async () => (await import('./routes/get-children.ts')).getChildren,
  'GET /v1/works/{workId}/prices': async () => (await import('./routes/get-prices.ts')).getPrices,
  'GET /v1/works/{workId}/activity': async () => (await import('./routes/get-activity.ts')).getActivity,
  'GET /v1/holders/{holder}': async () => (await import('./routes/get-holder.ts')).getHolder,
  'GET /v1/holders/{holder}/activity': async () =>
    (await import('./routes/get-holder-activity.ts')).getHolderActivity,
  'GET /v1/holders/{holder}/orders': async () =>
    (await import('./routes/get-holder-orders.ts')).getHolderOrders,
  'GET /v1/creators/{creator}': async () => (await import('./routes/get-creator.ts')).getCreator,
  'GET /v1/works/{workId}/operators': async () =>
    (await import('./routes/get-work-operators.ts')).getWorkOperators,
  'GET /v1/works/{workId}/match': async () => (await import('./routes/get-match.ts')).getMatch,
  'POST /v1/works/{workId}/openings': async () => (await import('./routes/post-opening.ts')).postOpening,
  'GET /v1/works/{workId}/openings': async () => (await import('./routes/get-openings.ts')).getOpenings,
  'POST /v1/listings': async () => (await import('./routes/post-listing.ts')).postListing,
  'GET /v1/listings': async () => (await import('./routes/get-listings.ts')).getListings,
  'POST /v1/offers': async () => (await import('./routes/post-offer.ts')).postOffer,
  'GET /v1/offers': async () => (await import('./routes/get-offers.ts')).getOffers,
  'GET /v1/operators': async () => (await import('./routes/get-operators.ts')).getOperators,
  'GET /v1/operators/{operator}': async () => (await import('./routes/get-operator.ts')).getOperator,
  'GET /v1/holdings': async () => (await import('./routes/get-holdings.ts')).getHoldings,
  'GET /v1/trades': async () => (await import('./routes/get-trades.ts')).getTrades,
  'GET /v1/earnings': async () => (await import('./routes/get-earnings.ts')).getEarnings,
  'GET /v1/earnings/payments': async () =>
    (await import('./routes/get-earning-payments.ts')).getEarningPayments,
  'GET /v1/metadata/{id}': async () => (await import('./routes/get-metadata.ts')).getMetadata,
  'GET /v1/contract': async () => (await import('./routes/get-contract.ts')).getContract,
  'GET /v1/addresses': async () => (await import('./routes/get-addresses.ts')).getAddresses,
  'GET /v1/network': async () => (await import('./routes/get-network.ts')).getNetwork,
  'GET /v1/health': async () => (await import('./routes/get-health.ts')).getHealth,
  'POST /v1/index': async () => (await import('./routes/post-index.ts')).postIndex,
  'POST /v1/sessions/nonce': async () => (await import('./routes/post-nonce.ts')).postNonce,
  'POST /v1/sessions': async () => (await import('./routes/post-session.ts')).postSession,
  'GET /v1/sessions': async () => (await import('./routes/get-sessions.ts')).getSessions,
  'DELETE /v1/sessions': async () => (await import('./routes/delete-sessions.ts')).deleteSessions,
  'GET /v1/session': async () => (await import('./routes/get-session.ts')).getSession,
  'DELETE /v1/session': async () => (await import('./routes/delete-session.ts')).deleteSession,
  'POST /v1/session/renewal': async () => (await import('./routes/post-renewal.ts')).postRenewal,
  'DELETE /v1/favourites/{workId}': async () =>
    (await import('./routes/delete-favourite.ts')).deleteFavourite,
  'GET /v1/favourites': async () => (await import('./routes/get-favourites.ts')).getFavourites,
  'PUT /v1/favourites/{workId}': async () => (await import('./routes/put-favourite.ts')).putFavourite,
  'GET /v1/profiles/{wallet}': async () => (await import('./routes/get-profile.ts')).getProfile,
  'PUT /v1/profile': async () => (await import('./routes/put-profile.ts')).putProfile,
  'POST /v1/reports': async () => (await import('./routes/post-report.ts')).postReport,
  'GET /v1/reports': async () => (await import('./routes/get-reports.ts')).getReports,
  'POST /v1/moderation': async () => (await import('./routes/post-moderation.ts')).postModeration,
  'GET /v1/moderation': async () => (await import('./routes/get-moderation.ts')).getModeration,
  'POST /v1/webhooks': async () => (await import('./routes/post-webhook.ts')).postWebhook,
  'GET /v1/webhooks': async () => (await import('./routes/get-webhooks.ts')).getWebhooks,
  'DELETE /v1/webhooks/{webhookId}': async () => (await import('./routes/delete-webhook.ts')).deleteWebhook,
  'GET /v1/webhooks/{webhookId}/deliveries': async () =>
    (await import('./routes/get-deliveries.ts')).getDeliveries,
  'GET /openapi.json': async () => (await import('./routes/get-openapi.ts')).getOpenapi(whole),
  'GET /v1/works/{workId}/card.png': async () => (await import('./routes/get-card.ts')).getCard,
  'GET /docs': async () => (await import('./routes/get-docs.ts')).getDocs(whole),
  'GET /docs/style.css': async () => (await import('./routes/get-docs.ts')).getDocs(whole),
  'GET /docs/script.js': async () => (await import('./routes/get-docs.ts')).getDocs(whole),

  // For a client that only signs and sends.
  'POST /v1/messages/listing': async () =>
    (await import('./routes/post-message-listing.ts')).postMessageListing,
  'POST /v1/messages/offer': async () => (await import('./routes/post-message-offer.ts')).postMessageOffer,
  'POST /v1/messages/mint': async () => (await import('./routes/post-message-mint.ts')).postMessageMint,
  'POST /v1/messages/buy': async () => (await import('./routes/post-message-buy.ts')).postMessageBuy,
  'POST /v1/transactions/allow': async () =>
    (await import('./routes/post-transaction-allow.ts')).postTransactionAllow,
  'POST /v1/transactions/mint': async () =>
    (await import('./routes/post-transaction-mint.ts')).postTransactionMint,
  'POST /v1/transactions/buy': async () =>
    (await import('./routes/post-transaction-buy.ts')).postTransactionBuy,
  'POST /v1/transactions/accept-offer': async () =>
    (await import('./routes/post-transaction-accept-offer.ts')).postTransactionAcceptOffer,
  'POST /v1/transactions/cancel': async () =>
    (await import('./routes/post-transaction-cancel.ts')).postTransactionCancel,
  'POST /v1/transactions/cancel-all': async () =>
    (await import('./routes/post-transaction-cancel-all.ts')).postTransactionCancelAll,
  'POST /v1/transactions/open-copy': async () =>
    (await import('./routes/post-transaction-open-copy.ts')).postTransactionOpenCopy,
  'POST /v1/transactions/gift': async () =>
    (await import('./routes/post-transaction-gift.ts')).postTransactionGift,
  'POST /v1/transactions/withdraw': async () =>
    (await import('./routes/post-transaction-withdraw.ts')).postTransactionWithdraw,
  'POST /v1/relays': async () => (await import('./routes/post-relay.ts')).postRelay,
  'GET /v1/relayer': async () => (await import('./routes/get-relayer.ts')).getRelayer,

  // What people and their programs meet outside the API.
  'GET /works/{workId}': async () => (await import('./routes/get-work-page.ts')).getWorkPage,
  'GET /creators/{creator}': async () => (await import('./routes/get-creator-page.ts')).getCreatorPage,
  'GET /creators/{creator}/feed.xml': async () =>
    (await import('./routes/get-creator-feed.ts')).getCreatorFeed,
  'GET /feed.xml': async () => (await import('./routes/get-feed.ts')).getFeed,
  'GET /oembed': async () => (await import('./routes/get-oembed.ts')).getOembed,
  'GET /sitemap.xml': async () => (await import('./routes/get-sitemap.ts')).getSitemap,
  'GET /sitemap/{page}': async () => (await import('./routes/get-sitemap-page.ts')).getSitemapPage,
  'GET /robots.txt': async () => (await import('./routes/get-robots.ts')).getRobots,
  'GET /llms.txt': async () => (await import('./routes/get-llms.ts')).getLlms(whole),
}

const door = createDoor()
const opened = openOnDemand(door, routes)

/** @public workerd makes one of each of these, see `wrangler.toml` */
export { IndexWriter } from './indexer/writer.ts'
/** @public as above */
export { Relayer } from './relay/relayer.ts'

/** @public workerd looks for these handlers under this name, and calls them */
export default {
  fetch: remembering(door, opened),
  scheduled: async (_event, env) => (await import('./clock.ts')).tick(env),
} satisfies ExportedHandler<Env>
