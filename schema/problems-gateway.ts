/** The rows of the error table that a gateway answers with: its key, its spending, its store, and the operators that it asks. */
import { type Row, row } from './problem-row.ts'

export const gatewayProblems = {
  token_wrong: row(
    401,
    'The API key is not the token of this gateway.',
    'Take the key that `npx grimoire serve` prints, and send it as a bearer token.',
  ),
  host_refused: row(
    403,
    'The request names a host that this gateway does not answer for.',
    'Ask 127.0.0.1 or localhost, or start the gateway with --allow-host.',
  ),
  model_unknown: row(
    404,
    'You hold no work of this name.',
    'Take a name from GET /v1/models; a work that you have just bought is there in a moment.',
  ),
  operator_unknown: row(
    404,
    'No such operator is registered.',
    'Check the address; a new one is indexed in a moment.',
  ),
  operator_key_refused: row(
    409,
    'An operator cannot have this key: another has it or had it, or it is the owner’s own.',
    'Make new keys with grimoire-node init, and name those.',
  ),
  bond_leaving: row(
    409,
    'The bond is on its way out, and nothing is added to it meanwhile.',
    'Take the unbonding back first, or wait until the bond can be withdrawn.',
  ),
  bond_locked: row(409, 'The bond is not free yet.', 'Withdraw it from the named second of the chain on.'),
  no_operator: row(
    503,
    'No operator serves this work now.',
    'Read the reason of each, and try again in a moment.',
    true,
  ),
  daily_cap_reached: row(
    429,
    'This would go beyond what the gateway may spend in a day.',
    'Wait for the next day (UTC), ask for fewer tokens, or start the gateway with a higher --daily-cap.',
  ),
  store_locked: row(
    409,
    'Another gateway is using this store.',
    'Stop it first, or name another folder with --store.',
  ),
  passphrase_wrong: row(
    401,
    'The file does not open with this passphrase.',
    'Check the passphrase; nothing was changed.',
  ),
  wallet_file_invalid: row(
    400,
    'This is no wallet file that can be used.',
    'Give a file with one private key in hex (mode 0600), or a keystore of version 3.',
  ),
  bundle_invalid: row(
    400,
    'This is no bundle of a grant and its session key.',
    'Export it again from the page or from `exportForGateway`.',
  ),
} as const satisfies Record<string, Row>
