/** Signing in with a wallet: the one text that an edge accepts (EIP-4361), and sessions as they travel. */
import { createSiweMessage } from 'viem/siwe'
import { z } from 'zod'
import { address, type Hex, hexData, seconds } from './hex.ts'

const MAX_MESSAGE_CHARACTERS = 1_000
const MAX_SIGNATURE_CHARACTERS = 20_000

/** A nonce is good once, and for this long. */
export const NONCE_SECONDS = 600
/** A session ends then at the latest; a message that ends earlier ends it earlier. */
export const SESSION_MAX_SECONDS = 30 * 86_400

/** Fixed, so that no text that a wallet shows under it can mean anything else. */
export const SIGN_IN_STATEMENT =
  'Sign in to this Grimoire edge. It costs nothing, moves nothing, and lets nobody open or trade a work.' as const

const nonce = z.string().regex(/^[0-9a-f]{32}$/, 'expected a nonce of POST /v1/sessions/nonce')

/** What the edge asks to be signed; the client compares `domain` and `chainId` with those that it means. */
export const signInRequest = z.object({
  domain: z.string(),
  uri: z.string(),
  chainId: z.number().int().positive(),
  statement: z.literal(SIGN_IN_STATEMENT),
  nonce,
  expiresAtSeconds: seconds,
})

export type SignInFields = {
  domain: string
  uri: string
  chainId: number
  nonce: string
  address: Hex
  issuedAt: Date
  expirationTime?: Date
  notBefore?: Date
}

/** No request id and no resources: under those a wallet might have signed more than a sign-in. */
export const signInText = (fields: SignInFields): string =>
  createSiweMessage({ ...fields, statement: SIGN_IN_STATEMENT, version: '1' })

/** A cookie for the edge's own page, which its script cannot read; a bearer token for everything else. */
export const CARRIERS = ['cookie', 'bearer'] as const

export const newSession = z
  .object({
    message: z.string().max(MAX_MESSAGE_CHARACTERS),
    signature: hexData.refine(
      text => text.length <= MAX_SIGNATURE_CHARACTERS,
      'expected a shorter signature',
    ),
    carrier: z.enum(CARRIERS),
  })
  .strict()

export const session = z.object({
  sessionId: z.uuid(),
  wallet: address,
  carrier: z.enum(CARRIERS),
  createdAtSeconds: seconds,
  expiresAtSeconds: seconds,
})
export type Session = z.infer<typeof session>

/** `token` is told once, and null when the session travels by cookie. */
export const openedSession = session.extend({ token: z.string().nullable() })
export type OpenedSession = z.infer<typeof openedSession>

export const sessionsAnswer = z.object({ sessions: z.array(session) })

/** How many sessions were ended. */
export const endedSessions = z.object({ ended: z.number().int().min(0) })
