/** What a wallet signed: its text, its signature, its times and its ReCap, before the chain is asked anything. */
import { type AuthSig, GRANT_DOMAIN } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { RESOURCE_PREFIX } from '@grimoire/seal/condition'
import { SESSION_URI } from '@grimoire/seal/siwe'
import { SiweMessage } from 'siwe'
import { Recap } from 'siwe-recap'
import { recoverMessageAddress } from 'viem'
import { Refusal } from './wire.ts'

const GRACE_SECONDS = 60
const ABILITY = 'Threshold/Decryption'

export type WalletClaim = {
  holder: Hex
  nonce: Hex
  issuedAtSeconds: number
}

export type Times = { issuedAtSeconds: number; expiresAtSeconds: number }

/** Both times are required: what has no end is never accepted. */
export function checkTimes(
  issuedAt: string | undefined,
  expiresAt: string | undefined,
  maxSeconds: number,
): Times {
  const issuedAtSeconds = Date.parse(issuedAt ?? '') / 1000
  const expiresAtSeconds = Date.parse(expiresAt ?? '') / 1000
  const nowSeconds = Date.now() / 1000
  if (!(issuedAtSeconds > 0 && expiresAtSeconds > 0))
    throw new Refusal('NodeExpWrongOrTooLarge', 'grant_invalid', 'Issue and expiration times are required.')
  if (issuedAtSeconds > nowSeconds + GRACE_SECONDS)
    throw new Refusal('NodeIatOutsideGracePeriod', 'grant_invalid', `Issued in the future, at ${issuedAt}.`)
  if (expiresAtSeconds <= nowSeconds)
    throw new Refusal('NodeExpWrongOrTooLarge', 'grant_expired', `It ended at ${expiresAt}.`)
  const lifeSeconds = expiresAtSeconds - issuedAtSeconds
  if (lifeSeconds <= 0 || lifeSeconds > maxSeconds + GRACE_SECONDS)
    throw new Refusal(
      'NodeExpWrongOrTooLarge',
      'grant_too_long',
      `Got ${lifeSeconds} s, expected at most ${maxSeconds} s.`,
    )
  return { issuedAtSeconds, expiresAtSeconds }
}

function parse(text: string): SiweMessage {
  let message: SiweMessage
  try {
    message = new SiweMessage(text)
  } catch {
    throw new Refusal('NodeInvalidEthereumAuthSig', 'grant_invalid', 'The text is no EIP-4361 message.')
  }
  // What was parsed must be all that was signed.
  if (message.prepareMessage() === text) return message
  throw new Refusal(
    'NodeInvalidEthereumAuthSig',
    'grant_invalid',
    'The EIP-4361 message is not in its canonical form.',
  )
}

/** Grants' own domain is for session keys alone. Any other entry without a port admits every port of that host. */
const domainFits = ({ domain, uri }: SiweMessage, allowed: string[]): boolean =>
  domain === GRANT_DOMAIN
    ? uri.startsWith(SESSION_URI)
    : allowed.some(entry => entry === domain || entry === domain.replace(/:\d+$/, ''))

export type WalletRules = { chainId: number; domains: string[]; maxSeconds: number }

export async function readWalletMessage(
  given: AuthSig,
  rules: WalletRules,
): Promise<{ message: SiweMessage; claim: WalletClaim }> {
  const message = parse(given.signedMessage)
  if (!domainFits(message, rules.domains))
    throw new Refusal(
      'NodeInvalidAuthSig',
      'grant_invalid',
      `The domain ${message.domain} is not accepted here.`,
    )
  if (message.chainId !== rules.chainId)
    throw new Refusal('NodeWrongNetwork', 'chain_wrong', `Got ${message.chainId}, expected ${rules.chainId}.`)
  const { issuedAtSeconds } = checkTimes(message.issuedAt, message.expirationTime, rules.maxSeconds)
  if (message.notBefore && Date.parse(message.notBefore) > Date.now())
    throw new Refusal('NodeIatOutsideGracePeriod', 'grant_invalid', `Not valid before ${message.notBefore}.`)
  if (!/^0x[0-9a-f]{64}$/.test(message.nonce))
    throw new Refusal('NodeInvalidAuthSig', 'grant_invalid', 'The nonce is no block hash.')
  const signer = await recoverMessageAddress({ message: given.signedMessage, signature: given.sig }).catch(
    () => null,
  )
  if (signer === null || signer !== message.address || signer.toLowerCase() !== given.address.toLowerCase())
    throw new Refusal('NodeInvalidAuthSig', 'grant_invalid', 'Another account signed it.')
  // Safety: the pattern above held.
  return { message, claim: { holder: signer, nonce: message.nonce as Hex, issuedAtSeconds } }
}

/** The ReCap has to name this very resource, in its line and in the sentence that the wallet showed. */
export function checkRecap(message: SiweMessage, resource: string): void {
  let named: Record<string, Record<string, unknown>>
  try {
    named = Recap.extract_and_verify(message).attenuations
  } catch {
    throw new Refusal(
      'NodeSIWECapabilityInvalid',
      'grant_invalid',
      'The ReCap and the statement do not agree.',
    )
  }
  if (Object.keys(named).some(key => key.includes('*')))
    throw new Refusal('NodeSIWECapabilityInvalid', 'grant_wildcard', 'Expected one resource by its hash.')
  const abilities = Object.keys(named[`${RESOURCE_PREFIX}://${resource}`] ?? {})
  if (!abilities.includes(ABILITY))
    throw new Refusal(
      'NodeSIWECapabilityInvalid',
      'grant_invalid',
      'The wallet granted another resource or ability.',
    )
}
