/** A grant: a holder's signed, expiring leave for one node's session key to open one version of one work. */
import { z } from 'zod'
import { address, bytes32, type Hex, hexData, seconds, workIdText } from './hex.ts'

/** The SIWE domain of every grant. It names no edge, so that no edge can collect grants in its own name. */
export const GRANT_DOMAIN = 'grimoire'
export const GRANT_MAX_SECONDS = 30 * 24 * 3600
/** A grant's nonce is a block hash of the chain; at issue that block may be at most this old. */
export const GRANT_NONCE_MAX_AGE_SECONDS = 3600

/** The wallet signature that Lit calls an authSig; the session key stands in the message's URI. */
export const authSig = z.object({
  sig: hexData,
  derivedVia: z.literal('web3.eth.personal.sign'),
  signedMessage: z.string().max(8_192),
  address,
})
export type AuthSig = z.infer<typeof authSig>

export const grantFields = z.object({
  holder: address,
  workId: workIdText,
  version: z.number().int().min(1),
  operator: address,
  /** The node's ed25519 session key. */
  sessionKey: bytes32,
  chainId: z.number().int().positive(),
  /** `<hash of the conditions>/<hash of the sealed secret>`. */
  resource: z.string().regex(/^[0-9a-f]{64}\/[0-9a-f]{64}$/),
  issuedAtSeconds: seconds,
  expiresAtSeconds: seconds,
})
export type GrantFields = z.infer<typeof grantFields>

/** What the wallet shows its owner, in one sentence; key nodes compare it word for word. */
export const grantStatement = (fields: {
  workId: string
  version: number
  operator: Hex
  expiresAtSeconds: number
}): string =>
  `Let operator ${fields.operator.toLowerCase()} open version ${fields.version} of work ${fields.workId} for me until ${new Date(
    fields.expiresAtSeconds * 1000,
  ).toISOString()}.`

const STATEMENT =
  /^Let operator (0x[0-9a-f]{40}) open version ([1-9]\d{0,8}) of work ([1-9]\d{0,77}) for me until (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\./

/** The fields of a grant's statement, or null when the text is no statement of ours. */
export function readGrantStatement(text: string) {
  const [, operator, version, workId, expiresAt] = STATEMENT.exec(text) ?? []
  if (!operator || !version || !workId || !expiresAt) return null
  return {
    operator: address.parse(operator),
    version: Number(version),
    workId,
    expiresAtSeconds: Math.floor(Date.parse(expiresAt) / 1000),
  }
}

/** `POST /v1/grants` takes the authSig and which version it is about. */
export const grantRequest = z.object({ model: z.string().max(256), authSig })
/** The id of the grant in a chat request: a secret between its holder and the node, which shows that the holder asks. */
export const GRANT_HEADER = 'grimoire-grant'
export const grantAnswer = z.object({
  /** Told once, to the first who brings the text that the holder signed; key nodes see that text later. */
  id: z.string().optional(),
  workId: workIdText,
  version: z.number().int(),
  holder: address,
  expiresAtSeconds: seconds,
})
export type GrantAnswer = z.infer<typeof grantAnswer>
