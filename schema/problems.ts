/** The rows of the error table: status, whether the same request may be tried again, one sentence, one mend. */

type Row = { status: number; retry: boolean; title: string; mend: string }

const row = (status: number, title: string, mend: string, retry = false): Row => ({
  status,
  retry,
  title,
  mend,
})

export const problems = {
  // Anywhere
  internal: row(500, 'Something failed on our side.', 'Try again; if it stays, report the request id.', true),
  request_invalid: row(
    400,
    'The request does not have the expected shape.',
    'Correct the named field and send it again.',
  ),
  not_found: row(404, 'Nothing is here.', 'Check the path and the id.'),
  method_not_allowed: row(
    405,
    'This path does not answer that method.',
    'Use one of the methods in the allow header.',
  ),
  body_too_large: row(413, 'The body is larger than is taken here.', 'Send less than the stated limit.'),
  rate_limited: row(429, 'Too many requests from here.', 'Wait for the seconds in retry-after.', true),
  timed_out: row(504, 'The answer took longer than the limit.', 'Try again, or raise the time limit.', true),
  config_invalid: row(500, 'The configuration cannot be used.', 'Correct the named setting and start again.'),
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
  chain_wrong: row(400, 'This belongs to another chain.', 'Switch to the expected chain id.'),
  transaction_reverted: row(
    409,
    'The ledger refused the transaction.',
    'Read the named reason and correct the request.',
  ),
  funds_missing: row(402, 'The account holds less money than this costs.', 'Fund the account and try again.'),
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

  // Conversation and payment
  prompt_too_long: row(
    400,
    'The conversation is longer than the context of the model.',
    'Shorten the messages, or begin a new conversation.',
  ),
  field_unsupported: row(400, 'A field of the request is not supported here.', 'Leave the named field out.'),
  input_invalid: row(
    400,
    'The prompt’s variables are not those that it declares.',
    'Send the named variables in `grimoire.input`.',
  ),
  card_invalid: row(
    422,
    'The sealed card is not one that can be used.',
    'The creator has to publish a corrected version.',
  ),
  base_mismatch: row(
    409,
    'The work needs another base model than this node runs.',
    'Choose a node that runs the named base model.',
  ),
  adapter_invalid: row(
    422,
    'The adapter does not fit the base model.',
    'The creator has to publish an adapter for this base.',
  ),
  model_file_invalid: row(500, 'The model file cannot be used.', 'Give a complete GGUF file for llama.cpp.'),
  engine_failed: row(503, 'The engine failed; the turn is free.', 'Try again.', true),
  recital_stopped: row(
    403,
    'The answer was stopped: it began to recite the hidden prompt, or was not in a form that the work declares.',
    'Ask for something else; what was delivered is paid, the rest is not.',
  ),
  recital_paused: row(
    429,
    'Too many answers to this holder had to be stopped for reciting the hidden prompt.',
    'Wait for the seconds in retry-after, then ask for something else.',
    true,
  ),
  node_busy: row(
    503,
    'The node answers as many turns as it can.',
    'Try again in a moment, or use another node.',
    true,
  ),
  payment_required: row(
    402,
    'The turn has to be paid.',
    'Pay with a voucher as the PAYMENT-REQUIRED header says.',
  ),
  payment_refused: row(402, 'The voucher was refused.', 'Read the reason; a corrected voucher may follow.'),
  pay_to_mismatch: row(
    409,
    'The node asks to be paid somewhere else than the splitter of the work.',
    'Do not pay; leave this node.',
  ),
  request_signature_invalid: row(
    403,
    'The request is not signed by the key of the channel.',
    'Sign the hash of this very request with the channel’s session key.',
  ),
  quote_invalid: row(
    502,
    'The quote of the node is not signed by its operator, or not for this.',
    'Leave this node.',
  ),
  receipt_invalid: row(
    502,
    'The receipt does not match what was sent and delivered.',
    'Stop paying this node; keep the receipt.',
  ),
  cap_reached: row(
    402,
    'This would go beyond the spending cap that you set.',
    'Raise the cap or wait for the next day.',
  ),

  // Edge
  hash_mismatch: row(
    422,
    'The bytes do not have the hash of their name.',
    'Send the bytes under their own sha256.',
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
  edge_lied: row(502, 'The edge said something that the chain contradicts.', 'Use another edge.'),
  edge_unreachable: row(502, 'The edge does not answer.', 'Check its URL, or use another edge.', true),
  node_unreachable: row(502, 'The node does not answer.', 'Try again, or choose another node.', true),
} as const satisfies Record<string, Row>

export type ProblemCode = keyof typeof problems
