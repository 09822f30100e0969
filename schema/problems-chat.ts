/** The rows of the error table about a conversation with a node and what is paid for it. */
import { type Row, row } from './problem-row.ts'

export const chatProblems = {
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
  import_invalid: row(
    400,
    'This file cannot be taken into the studio.',
    'Choose a character card (JSON or PNG), an Ollama Modelfile or a dotprompt; nothing of the draft was changed.',
  ),
  adapter_unfit: row(
    400,
    'This file is no adapter that a work can have.',
    'Choose a LoRA adapter as GGUF, made for the base model of the work; nothing was sent.',
  ),
  knowledge_unfit: row(
    400,
    'This file cannot be one of a work’s knowledge files.',
    'Choose plain text, Markdown, JSON or CSV in UTF-8, within the limits; other formats have to be saved as text first.',
  ),
  knowledge_invalid: row(
    422,
    'A sealed knowledge file is not one that can be used.',
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
  embeddings_unoffered: row(
    404,
    'Nodes compute no embeddings: no work is in them, so that no turn would pay for them.',
    'Ask another server for embeddings; works answer on /v1/chat/completions.',
  ),
  canary_off: row(
    404,
    'This node gives no free tokens to whoever times it.',
    'Time its quotes instead; an operator allows canaries by `canaryEverySeconds` in its settings.',
  ),
  canary_spent: row(
    429,
    'This node gave its free tokens to somebody a moment ago.',
    'Wait for the seconds in retry-after.',
    true,
  ),
  adapter_unserved: row(
    409,
    'The server that answers on this node has not loaded the adapter of this work.',
    'Choose another node; an operator names the adapters that it serves under `engine.adapters`.',
  ),
  model_file_invalid: row(500, 'The model file cannot be used.', 'Give a complete GGUF file for llama.cpp.'),
  engine_failed: row(503, 'The engine failed; the turn is free.', 'Try again.', true),
  recital_stopped: row(
    403,
    'The answer was stopped: it began to recite the hidden prompt, or was not in a form that the work declares.',
    'Ask for something else; what was delivered is paid, the rest is not.',
  ),
  quoting_stopped: row(
    403,
    'The answer was stopped: it had quoted a whole page of the work’s files.',
    'Ask about one thing at a time; what was delivered is paid, the rest is not.',
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
  node_draining: row(
    503,
    'The node is about to stop and takes no new turn.',
    'Use another node, or try again when it is back.',
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
  deposit_not_final: row(
    503,
    'The chain could still undo the deposit, and turns until then are capped.',
    'Wait for some blocks, or ask for a shorter answer.',
    true,
  ),
  channel_busy: row(
    409,
    'Another turn of this channel is still being answered.',
    'Wait until it has ended: a channel answers one turn at a time.',
    true,
  ),
  payment_id_reused: row(
    409,
    'Another payment was sent under this payment id.',
    'Give each payment an id of its own; repeat an id only with the very same payment and request.',
  ),
  turn_unknown: row(
    404,
    'No turn of this name is kept here.',
    'Ask again: a turn can be read for some minutes after its end, while its work is held.',
  ),
  turn_access_refused: row(
    403,
    'The turn belongs to another channel.',
    'Sign its id with the channel’s session key, or show the token of its first event.',
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
} as const satisfies Record<string, Row>
