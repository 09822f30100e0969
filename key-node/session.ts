/** Who asks: a wallet for itself, or a session key under what a wallet signed for it. */
import { authSig, GRANT_MAX_SECONDS, readGrantStatement } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { isProblem } from '@grimoire/schema/problem'
import { RESOURCE_PREFIX } from '@grimoire/seal/condition'
import { type Grant, readGrant } from '@grimoire/seal/grant'
import { SESSION_URI } from '@grimoire/seal/siwe'
import { ed25519 } from '@noble/curves/ed25519'
import { utf8ToBytes } from '@noble/hashes/utils'
import { z } from 'zod'
import type { Asked } from './condition.ts'
import type { KeyNodeConfig } from './config.ts'
import { checkRecap, checkTimes, readWalletMessage, type WalletClaim } from './siwe.ts'
import { Refusal, type SessionSig, type SignRequest } from './wire.ts'

export const NO_SESSION_KEY: Hex = `0x${'0'.repeat(64)}`
const PLAIN_MAX_SECONDS = 600
const SESSION_MAX_SECONDS = 24 * 3600

export type Asker = WalletClaim & {
  /** The verified ed25519 key, or zero under a plain wallet signature: what `:sessionKey` becomes. */
  sessionKey: Hex
  /** Set when the wallet signed our grant's words; an operator's key is served with one only. */
  grant: Grant | null
}

const sessionMessage = z.object({
  sessionKey: z.string(),
  resourceAbilityRequests: z
    .array(
      z.object({
        resource: z.object({ resource: z.string(), resourcePrefix: z.string() }),
        ability: z.string(),
      }),
    )
    .max(16),
  capabilities: z.array(z.object({ derivedVia: z.string() }).loose()).max(8),
  issuedAt: z.string(),
  expiration: z.string(),
  nodeAddress: z.string(),
})

export function identifyAsker(request: SignRequest, asked: Asked, config: KeyNodeConfig): Promise<Asker> {
  const given = request.authSig
  return given.derivedVia === 'litSessionSignViaNacl'
    ? identifySession(given, asked, config)
    : identifyWallet(given, asked, config)
}

async function identifyWallet(
  given: z.infer<typeof authSig>,
  asked: Asked,
  config: KeyNodeConfig,
): Promise<Asker> {
  const rules = { chainId: config.chain.chainId, domains: config.domains, maxSeconds: PLAIN_MAX_SECONDS }
  const { message, claim } = await readWalletMessage(given, rules)
  // Otherwise what a wallet signed for one session key would be a bearer secret for all.
  if (/^lit:/i.test(message.uri))
    throw new Refusal(
      'NodeInvalidAuthSig',
      'grant_invalid',
      'A message for a session key is no wallet signature of its own.',
    )
  // A stock message may name nothing; one that does is good for what it names.
  if (message.resources?.length) checkRecap(message, asked.resource)
  return { ...claim, sessionKey: NO_SESSION_KEY, grant: null }
}

function verifiedSession(
  given: SessionSig,
  asked: Asked,
  config: KeyNodeConfig,
): z.infer<typeof sessionMessage> {
  let valid = false
  try {
    valid = ed25519.verify(given.sig, utf8ToBytes(given.signedMessage), given.address)
  } catch {
    // A key or signature that is no curve point: `valid` stays false.
  }
  if (!valid)
    throw new Refusal('NodeInvalidED25519AuthSig', 'grant_invalid', 'The session signature does not verify.')
  const session = parseSession(given.signedMessage)
  if (session.sessionKey !== given.address)
    throw new Refusal(
      'NodeInvalidAuthSigSessionKeySignature',
      'grant_invalid',
      'The session names another key.',
    )
  if (!config.publicUrls.includes(session.nodeAddress))
    throw new Refusal(
      'NodeNotAuthorized',
      'grant_other_node',
      `Signed for ${session.nodeAddress}, this is ${config.publicUrls[0]}.`,
    )
  checkTimes(session.issuedAt, session.expiration, SESSION_MAX_SECONDS)
  if (session.resourceAbilityRequests.some(({ resource }) => resource.resource.includes('*')))
    throw new Refusal('NodeSIWECapabilityInvalid', 'grant_wildcard', 'Expected one resource by its hash.')
  const names = session.resourceAbilityRequests.some(
    ({ resource, ability }) =>
      ability === 'access-control-condition-decryption' &&
      resource.resourcePrefix === RESOURCE_PREFIX &&
      resource.resource === asked.resource,
  )
  if (!names)
    throw new Refusal('NodeResourceIdNotFound', 'grant_invalid', 'The session asks for another resource.')
  return session
}

function parseSession(text: string): z.infer<typeof sessionMessage> {
  try {
    return sessionMessage.parse(JSON.parse(text))
  } catch {
    throw new Refusal(
      'NodeInvalidAuthSigSessionKeySignature',
      'grant_invalid',
      'The session message is not one.',
    )
  }
}

async function identifySession(given: SessionSig, asked: Asked, config: KeyNodeConfig): Promise<Asker> {
  const session = verifiedSession(given, asked, config)
  const capability = authSig.safeParse(
    session.capabilities.find(({ derivedVia }) => derivedVia === 'web3.eth.personal.sign'),
  )
  if (!capability.success)
    throw new Refusal(
      'NodeSIWECapabilityInvalid',
      'grant_missing',
      'No wallet signature stands behind the session.',
    )
  const rules = { chainId: config.chain.chainId, domains: config.domains, maxSeconds: GRANT_MAX_SECONDS }
  const { message, claim } = await readWalletMessage(capability.data, rules)
  if (message.uri !== SESSION_URI + given.address)
    throw new Refusal(
      'NodeInvalidAuthSigSessionKeySignature',
      'grant_other_node',
      'The wallet signed for another session key.',
    )
  checkRecap(message, asked.resource)
  const sessionKey: Hex = `0x${given.address}`
  if (readGrantStatement(message.statement ?? '') === null) {
    // A stock Lit session: it may live a day, and the chain decides whether its key may come without a grant.
    checkTimes(message.issuedAt, message.expirationTime, SESSION_MAX_SECONDS)
    return { ...claim, sessionKey, grant: null }
  }
  return { ...claim, sessionKey, grant: await strictGrant(capability.data, asked) }
}

/** The whole text is rebuilt from its fields and compared: not one word of it is the signer's own. */
async function strictGrant(given: z.infer<typeof authSig>, asked: Asked): Promise<Grant> {
  const grant = await readGrant(given).catch(error => {
    if (!isProblem(error)) throw error
    throw new Refusal('NodeSIWECapabilityInvalid', error.code, error.details.detail ?? '')
  })
  if (grant.workId === asked.workId && grant.resource === asked.resource) return grant
  throw new Refusal(
    'NodeSIWECapabilityInvalid',
    'grant_invalid',
    `It is for work ${grant.workId}, asked was ${asked.workId}.`,
  )
}
