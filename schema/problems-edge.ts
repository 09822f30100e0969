/** The rows of the error table that an edge answers with, or that are answered about one. */
import { type Row, row } from './problem-row.ts'

export const edgeProblems = {
  relayer_off: row(
    501,
    'This edge sends no purchases for others.',
    'Send the transaction from your own wallet, or ask another edge.',
  ),
  relayer_spent: row(
    429,
    'What is relayed in a day is used up.',
    'Wait for the seconds in retry-after, or send the transaction from your own wallet.',
  ),
  relayer_waits: row(
    503,
    'The relayer cannot send just now.',
    'Try again later, or send the transaction from your own wallet.',
    true,
  ),
  relay_refused: row(403, 'This purchase is not relayed.', 'Send the transaction from your own wallet.'),
  card_pending: row(503, 'The picture is being drawn.', 'Ask again in a few seconds.', true),
  format_unoffered: row(501, 'This is not answered in that format.', 'Ask for one that is expected.'),
  hash_mismatch: row(
    422,
    'The bytes do not have the hash of their name.',
    'Send the bytes under their own sha256.',
  ),
  upload_unknown: row(
    404,
    'No upload of this wallet has this id.',
    'Begin one with POST /v1/uploads; one that no chunk reaches for a day is dropped.',
  ),
  upload_quota_spent: row(
    429,
    'This wallet uploads as much as it may.',
    'Finish or delete an upload that is under way, or wait a day.',
  ),
  unsigned_bytes_spent: row(
    429,
    'As many bytes came unsigned from this network today as are taken.',
    'Sign in and send them with POST /v1/uploads, or wait a day.',
  ),
  upload_busy: row(
    409,
    'Another request is at work on this upload or this chunk.',
    'Ask again in a few seconds; GET /v1/uploads/{id} says what is there.',
    true,
  ),
  upload_incomplete: row(
    409,
    'Chunks of the upload are missing.',
    'Send those that GET /v1/uploads/{id} does not name, then complete it again.',
  ),
  upload_closed: row(
    409,
    'The upload is over, or has all that it takes.',
    'GET /v1/uploads/{id} says what became of it; begin another one if need be.',
  ),
  chunk_size_wrong: row(
    422,
    'The chunk has not the size of its place.',
    'All chunks but the last are as long as the upload was begun with.',
  ),
  order_signature_invalid: row(
    403,
    'The listing or offer is not signed by its maker.',
    'Sign it with the maker’s account.',
  ),
  order_expired: row(
    410,
    'The listing or offer has expired or ends too far ahead.',
    'Sign one that ends within 30 days.',
  ),
  order_cancelled: row(
    409,
    'The listing or offer was cancelled or already filled.',
    'Sign a new one with a fresh nonce and the current counter.',
  ),
  order_filled: row(
    409,
    'Fewer editions are left than were asked for.',
    'Ask for at most as many as are left.',
  ),
  listing_not_held: row(
    409,
    'The seller does not hold what the listing offers.',
    'List only editions that the account holds.',
  ),
  proceeds_too_low: row(
    409,
    'The seller would receive less than they asked for.',
    'The protocol’s fee may have risen: sign anew, or accept less.',
  ),
  sign_in_off: row(
    403,
    'Nobody can sign in at this address: the edge does not know its own.',
    'Ask its operator to set PUBLIC_URL to the https origin where people reach it.',
  ),
  sign_in_invalid: row(
    401,
    'The message is not a sign-in to this edge.',
    'Ask POST /v1/sessions/nonce what to sign, and sign exactly that.',
  ),
  sign_in_nonce_spent: row(
    401,
    'The nonce was not given out here, was used, or is older than ten minutes.',
    'Ask POST /v1/sessions/nonce for another one, and sign again.',
  ),
  session_missing: row(
    401,
    'This needs somebody who is signed in.',
    'Sign in with a wallet at POST /v1/sessions; reading needs nobody.',
  ),
  origin_refused: row(
    403,
    'Another page sent this under the session of this one.',
    'Use the page of this edge, or a bearer token.',
  ),
  favourites_full: row(409, 'As many works are kept in mind as can be.', 'Let some of them go first.'),
  reports_spent: row(
    429,
    'This wallet has reported as many works today as are taken.',
    'Wait a day, or write to the operator of the edge.',
  ),
  webhooks_full: row(409, 'This wallet has as many webhooks as can be.', 'Remove one of them first.'),
  not_moderator: row(
    403,
    'Only a moderator of this edge may do this.',
    'Sign in with an address that the edge names in MODERATORS.',
  ),
  edge_lied: row(502, 'The edge said something that the chain contradicts.', 'Use another edge.'),
  ledger_inconsistent: row(
    409,
    'These addresses are not those of one ledger.',
    'Take the addresses of its deployment from a source that you trust, and do not use who named these.',
  ),
  edge_unreachable: row(502, 'The edge does not answer.', 'Check its URL, or use another edge.', true),
  node_insecure: row(
    421,
    'A page on https cannot use a node on plain http: the browser blocks it.',
    'Choose a node on https, or use this one through the local gateway.',
  ),
  node_unreachable: row(502, 'The node does not answer.', 'Try again, or choose another node.', true),
} as const satisfies Record<string, Row>
