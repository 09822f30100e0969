/** Does a message sign its wallet in here, now: its text rebuilt, its times, and its signature as the chain would take it. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { NONCE_SECONDS, SESSION_MAX_SECONDS, type SignInFields, signInText } from '@grimoire/schema/session'
import { hashMessage, recoverAddress } from 'viem'
import { verifyHash } from 'viem/actions'
import { parseSiweMessage } from 'viem/siwe'
import { asking, chainOf } from './chain.ts'
import type { Settings } from './env.ts'

/** How far a wallet's clock may run ahead. */
const SKEW_MS = 60_000
/** Half of secp256k1's order: of two signatures that are equally good, only the lower counts. */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n
const PLAIN_SIGNATURE = /^0x[0-9a-fA-F]{64}([0-9a-fA-F]{64})[0-9a-fA-F]{2}$/

const refuse = (param: string, got: unknown, expected: unknown) =>
  new Problem('sign_in_invalid', { param, got, expected })

/** Everything that a text says; one that says anything more, less or otherwise is none of ours. */
function fieldsOf(message: string, settings: Settings, origin: URL): SignInFields {
  const { address, domain, uri, chainId, nonce, issuedAt, expirationTime, notBefore } =
    parseSiweMessage(message)
  const expected = { domain: origin.host, uri: origin.origin, chainId: settings.ADDRESSES.chainId }
  for (const [param, got, wanted] of [
    ['domain', domain, expected.domain],
    ['uri', uri, expected.uri],
    ['chainId', chainId, expected.chainId],
  ]) {
    if (got !== wanted) throw refuse(`message.${param}`, got, wanted)
  }
  if (!address || !nonce || !issuedAt)
    throw refuse('message', 'no such text', 'an address, a nonce and an issue time')
  const fields = {
    ...{ ...expected, address, nonce, issuedAt },
    ...(expirationTime ? { expirationTime } : {}),
    ...(notBefore ? { notBefore } : {}),
  }
  if (rebuilt(fields) !== message) {
    throw refuse('message', 'another text', 'the text of POST /v1/sessions/nonce with address and times')
  }
  return fields
}

const rebuilt = (fields: SignInFields): string | null => {
  try {
    return signInText(fields)
  } catch {
    return null // A field that no such text can hold, such as a date that is none: refused as another text.
  }
}

function checkTimes({ issuedAt, expirationTime, notBefore }: SignInFields, nowMs: number): void {
  const age = nowMs - issuedAt.getTime()
  if (age < -SKEW_MS || age > NONCE_SECONDS * 1000 + SKEW_MS)
    throw refuse(
      'message.issuedAt',
      issuedAt,
      `within ${NONCE_SECONDS} seconds of ${new Date(nowMs).toISOString()}`,
    )
  if (expirationTime && expirationTime.getTime() <= nowMs)
    throw refuse('message.expirationTime', expirationTime, 'a time to come')
  if (notBefore && notBefore.getTime() > nowMs)
    throw refuse('message.notBefore', notBefore, 'a time that has come')
}

/** By its key; or, for an account with code or one that is still to be deployed, as the chain answers: ERC-1271, ERC-6492. */
async function signedBy(settings: Settings, address: Hex, message: string, signature: Hex): Promise<boolean> {
  const hash = hashMessage(message)
  const s = PLAIN_SIGNATURE.exec(signature)?.[1]
  const signer = s === undefined ? null : await recoverAddress({ hash, signature }).catch(() => null)
  if (signer === address) return BigInt(`0x${s}`) <= MAX_S
  return asking(verifyHash(chainOf(settings), { address, hash, signature }))
}

/** The wallet that signed, its nonce, which the caller has yet to spend, and when its session ends at the latest. */
export async function checkSignIn(
  settings: Settings,
  origin: URL,
  { message, signature }: { message: string; signature: Hex },
): Promise<{ wallet: Hex; nonce: string; expiresAtSeconds: number }> {
  const fields = fieldsOf(message, settings, origin)
  const nowMs = Date.now()
  checkTimes(fields, nowMs)
  if (!(await signedBy(settings, fields.address, message, signature)))
    throw refuse('signature', 'a signature of someone else', `one of ${fields.address}`)
  const latest = Math.floor(nowMs / 1000) + SESSION_MAX_SECONDS
  const wanted = fields.expirationTime ? Math.floor(fields.expirationTime.getTime() / 1000) : latest
  return { wallet: fields.address, nonce: fields.nonce, expiresAtSeconds: Math.min(latest, wanted) }
}
