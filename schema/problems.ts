/** The rows of the error table: status, whether the same request may be tried again, one sentence, one mend. */
import { type Row, row } from './problem-row.ts'
import { chatProblems } from './problems-chat.ts'
import { edgeProblems } from './problems-edge.ts'
import { gatewayProblems } from './problems-gateway.ts'

export const problems = {
  // Anywhere
  internal: row(500, 'Something failed on our side.', 'Try again; if it stays, report the request id.', true),
  request_invalid: row(
    400,
    'The request does not have the expected shape.',
    'Correct the named field and send it again.',
  ),
  cursor_invalid: row(
    400,
    'This cursor was not given out by this edge for this very query.',
    'Begin again without a cursor, and change nothing but the cursor from page to page.',
  ),
  not_found: row(404, 'Nothing is here.', 'Check the path and the id.'),
  method_not_allowed: row(
    405,
    'This path does not answer that method.',
    'Use one of the methods in the allow header.',
  ),
  body_too_large: row(413, 'The body is larger than is taken here.', 'Send less than the stated limit.'),
  media_type_unsupported: row(
    415,
    'The body is of a type that is not taken here.',
    'Send it with the content type that the description of the route names.',
  ),
  idempotency_key_reused: row(
    422,
    'This idempotency key was used for another request.',
    'Take a new key for each thing that you want done.',
  ),
  idempotency_in_flight: row(
    409,
    'A request with this idempotency key is still under way.',
    'Wait for the seconds in retry-after, then send the same again.',
    true,
  ),
  rate_limited: row(429, 'Too many requests from here.', 'Wait for the seconds in retry-after.', true),
  timed_out: row(504, 'The answer took longer than the limit.', 'Try again, or raise the time limit.', true),
  endpoint_refused: row(
    400,
    'This address is not one that an edge calls.',
    'Give an https address with a public name, without user or password, on port 443 or above 1023.',
  ),
  endpoint_unreachable: row(
    502,
    'The address gave no answer that counts.',
    'Check that it answers from the internet, by itself and without a redirect.',
    true,
  ),
  config_invalid: row(500, 'The configuration cannot be used.', 'Correct the named setting and start again.'),
  usage_invalid: row(400, 'The command cannot be run like this.', 'Correct it; --help shows an example.'),
  keystore_wrong_passphrase: row(
    401,
    'The key file does not open with this passphrase.',
    'Check the passphrase; nothing was changed.',
  ),
  directory_taken: row(
    409,
    'A node, or a claim, is using this directory: two would spend one key.',
    'Wait until it ends, or stop it first.',
  ),
  port_taken: row(
    500,
    'A port that is needed is taken.',
    'Stop the program that holds it, or choose another port.',
  ),
  model_id_invalid: row(
    400,
    'The model name is not one of ours.',
    'Take the name from the listing of the work.',
  ),

  // Chain
  chain_unreachable: row(
    502,
    'The chain does not answer.',
    'Check the RPC URL and that the chain is running.',
    true,
  ),
  index_taken: row(503, 'Another writer has taken the index over.', 'Ask again.', true),
  chain_wrong: row(400, 'This belongs to another chain.', 'Switch to the expected chain id.'),
  transaction_reverted: row(
    409,
    'The ledger refused the transaction.',
    'Read the named reason and correct the request.',
  ),
  funds_missing: row(402, 'The account holds less money than this costs.', 'Fund the account and try again.'),
  gas_missing: row(
    402,
    'The account has too little of the chain’s own coin for the network’s fee.',
    'Send it a little of that coin, or ask an edge that sends purchases for others.',
  ),
  allowance_missing: row(
    409,
    'The ledger may not take that much of this account’s money.',
    'Allow it first (POST /v1/transactions/allow), or pay by a signed authorization.',
  ),
  authorization_invalid: row(
    409,
    'The authorization of the payment has expired, was used before, or is not its payer’s.',
    'Sign a new one.',
  ),
  recipient_refused: row(
    409,
    'This account cannot hold editions.',
    'Name a plain account, or a smart account of a kind that the ledger knows.',
  ),
  nothing_to_do: row(
    409,
    'Nothing would change: it is so already, or nothing is owed.',
    'Leave it as it is.',
  ),
  purchase_under_way: row(
    409,
    'This is being bought in another window.',
    'Answer your wallet there; here it can be gone on with when that window is closed.',
    true,
  ),
  wallet_refused: row(400, 'The wallet did not sign.', 'Confirm in the wallet, or leave it as it is.'),
  work_unknown: row(404, 'No such work is on the ledger.', 'Check the work id and the chain.'),
  version_unknown: row(404, 'The work has no such version.', 'Ask for a version between 1 and the latest.'),
  price_above_ceiling: row(
    409,
    'The price is above the ceiling that you set.',
    'Look at the new price, then raise the ceiling or leave it.',
  ),
  sold_out: row(409, 'Every edition of the work is sold.', 'Buy from a holder who lists one.'),
  terms_invalid: row(400, 'The terms of the work break a rule of the ledger.', 'Correct the named term.'),
  not_creator: row(403, 'Only the creator of the work may do this.', 'Sign with the creator account.'),
  not_openable: row(
    403,
    'The creator sealed this work: holders chat with it, but cannot open it.',
    'Chat with it on an admitted node.',
  ),

  // Bundle and key network
  manifest_invalid: row(
    422,
    'The manifest is not one that can be read.',
    'Fetch it again from another mirror, or ask its creator.',
  ),
  manifest_hash_mismatch: row(
    422,
    'The manifest is not the one that the ledger names.',
    'Fetch it from another mirror: this copy was altered.',
  ),
  manifest_missing: row(
    404,
    'The edge does not have the manifest of this version.',
    'Upload the manifest under its hash, then try again.',
  ),
  part_missing: row(404, 'A sealed part of the work cannot be fetched.', 'Try another mirror.', true),
  part_hash_mismatch: row(
    422,
    'A sealed part is not the one that the manifest names.',
    'Fetch it from another mirror: this copy was altered.',
  ),
  part_truncated: row(422, 'A sealed part ends too early.', 'Fetch it again: the copy is incomplete.', true),
  part_corrupt: row(
    422,
    'A sealed part does not decrypt.',
    'Fetch it from another mirror; if it stays, the creator sealed it wrongly.',
  ),
  seal_wrong_key: row(
    422,
    'The unsealed key does not belong to these parts.',
    'The seal and the parts come from different works; ask the creator.',
  ),
  seal_altered: row(
    422,
    'The seal does not open to the secret that it names.',
    'Fetch the manifest again: the seal was swapped or altered.',
  ),
  network_key_mismatch: row(
    502,
    'The key network shows another public key than the chain pins.',
    'Do not use it; check the RPC and the key network address.',
  ),
  network_too_few_nodes: row(
    503,
    'Too few key nodes answer to open anything.',
    'Wait until more key nodes are back, then try again.',
    true,
  ),
  not_confirmed: row(
    401,
    'The right to open the work stands in the newest block only.',
    'Wait for the next block and try again.',
    true,
  ),
  network_lying: row(
    502,
    'Key nodes sent shares that do not verify against the chain.',
    'Try again; if it stays, report the named nodes to the network’s owner.',
    true,
  ),
  network_refused: row(
    403,
    'The key nodes refuse: the chain does not let this account open the work.',
    'Hold an edition and grant a bonded, admitted node, or open a copy.',
  ),
  recovery_wrong_passphrase: row(
    401,
    'The recovery file does not open with this passphrase.',
    'Check the passphrase; nothing was changed.',
  ),
  recovery_invalid: row(
    422,
    'This is not a recovery file for the work.',
    'Use the file that was written when the work was sealed.',
  ),
  share_invalid: row(
    500,
    'The key share on disk cannot be used.',
    'Restore the share file from its backup, or check the passphrase.',
  ),

  // Grants
  grant_invalid: row(400, 'The grant is not one that can be read.', 'Make a new grant with the client.'),
  grant_wildcard: row(
    403,
    'The grant covers everything, which no node may ask for.',
    'Grant one version of one work.',
  ),
  grant_too_long: row(403, 'The grant lives longer than is allowed.', 'Make one that ends within 30 days.'),
  grant_expired: row(401, 'The grant has expired.', 'Sign a new grant.'),
  grant_revoked: row(401, 'The holder revoked this grant on the chain.', 'Sign a new grant.'),
  grant_missing: row(
    401,
    'No grant for this work was given to this node.',
    'Send a grant to POST /v1/grants first.',
  ),
  grant_secret_missing: row(
    401,
    'Nothing in the request shows that it comes from the holder.',
    'Send the id that POST /v1/grants answered in the header grimoire-grant, or sign the request with the channel’s key.',
  ),
  grant_operator_unknown: row(
    403,
    'The grant names an operator whose session key this is not.',
    'Sign a grant for the operator’s current key.',
  ),
  grant_other_node: row(403, 'The grant names another node.', 'Sign a grant for this node’s session key.'),
  grant_other_payer: row(
    403,
    'The payer of the channel is not the holder who gave the grant.',
    'Pay from the account that holds the work.',
  ),
  not_holder: row(
    403,
    'The account does not hold this work.',
    'Buy an edition; a sold work stops answering its seller.',
  ),
  not_admitted: row(403, 'The work does not admit this node.', 'Choose an admitted node from the directory.'),
  not_bonded: row(503, 'The node has no active bond.', 'Choose another node, or bond it.'),

  // Drafts and proofs
  drafts_off: row(403, 'This node runs no drafts.', 'Try another node, or turn drafts on in its settings.'),
  draft_leave_invalid: row(
    401,
    'The leave to run a draft is not signed for this draft and this node.',
    'Sign a new one for the named operator; each is good for ten minutes.',
  ),
  draft_missing: row(
    404,
    'No such draft is open here, or its token is another.',
    'Open it again: drafts are wiped when they are idle.',
  ),
  drafts_spent: row(
    429,
    'The free turns of today are used up.',
    'Wait for the seconds in retry-after, or mint the work and pay for turns.',
    true,
  ),
  opening_invalid: row(
    422,
    'The proof of opening does not hold.',
    'Ask the node for a new one; a proof is for one version and its operator’s present key.',
  ),

  // Conversation and payment
  ...chatProblems,

  // Gateway
  ...gatewayProblems,

  // Edge
  ...edgeProblems,
} as const satisfies Record<string, Row>

export type ProblemCode = keyof typeof problems
