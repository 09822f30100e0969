/** Grants: a holder signs once, a node renews its short session signatures under it; reading one refuses what it must. */
import {
  type AuthSig,
  authSig,
  GRANT_DOMAIN,
  GRANT_MAX_SECONDS,
  type GrantFields,
  grantFields,
  grantStatement,
  readGrantStatement,
} from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import type { Manifest } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { ed25519 } from '@noble/curves/ed25519'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils'
import { getAddress, recoverMessageAddress } from 'viem'
import { parseSiweMessage } from 'viem/siwe'
import { resourceOf } from './condition.ts'
import type { Access, SessionKey } from './network.ts'
import { recapResources, SESSION_URI, siweText } from './siwe.ts'

/** What both viem accounts and a thin wrapper around a browser wallet are. */
export type WalletSigner = { address: Hex; signMessage(request: { message: string }): Promise<Hex> }

const OPENING_MAX_SECONDS = 24 * 3600
const AUTH_SIG_LIFE_SECONDS = 300

const now = (): number => Math.floor(Date.now() / 1000)

export function makeSessionKey(seed: Uint8Array = ed25519.utils.randomPrivateKey()): SessionKey {
  return {
    publicKey: `0x${bytesToHex(ed25519.getPublicKey(seed))}`,
    secretKey: `0x${bytesToHex(seed)}`,
  }
}

/** The same key pair from its stored seed. */
export const sessionKeyFrom = (secretKey: Hex): SessionKey => makeSessionKey(hexToBytes(secretKey.slice(2)))

const sign = async (signer: WalletSigner, signedMessage: string): Promise<AuthSig> => ({
  sig: await signer.signMessage({ message: signedMessage }),
  derivedVia: 'web3.eth.personal.sign',
  signedMessage,
  address: getAddress(signer.address),
})

export const manifestResource = (manifest: Manifest): string =>
  resourceOf(
    { gate: manifest.seal.gate, workId: manifest.workId, chainId: manifest.chainId },
    manifest.seal.dataToEncryptHash,
  )

export type GrantRequest = {
  signer: WalletSigner
  manifest: Manifest
  operator: Hex
  /** The operator's ed25519 key, as the ledger registers it. */
  sessionKey: Hex
  expiresAtSeconds: number
  /** A block hash of the chain, at most an hour old: `KeyNetwork.latestBlockHash()`. */
  blockHash: Hex
  issuedAtSeconds?: number
}

const grantText = (fields: GrantFields, blockHash: string): string =>
  siweText({
    domain: GRANT_DOMAIN,
    holder: fields.holder,
    statement: grantStatement(fields),
    uri: SESSION_URI + fields.sessionKey.slice(2).toLowerCase(),
    chainId: fields.chainId,
    nonce: blockHash,
    issuedAtSeconds: fields.issuedAtSeconds,
    expiresAtSeconds: fields.expiresAtSeconds,
    resource: fields.resource,
  })

function checkLife(issuedAtSeconds: number, expiresAtSeconds: number, maxSeconds: number): void {
  const lifeSeconds = expiresAtSeconds - issuedAtSeconds
  if (lifeSeconds > 0 && lifeSeconds <= maxSeconds) return
  throw new Problem('grant_too_long', { got: `${lifeSeconds} s`, expected: `1 to ${maxSeconds} s` })
}

/** One wallet signature: this operator's key may open this version of this work until then, and nothing else. */
export async function makeGrant(request: GrantRequest): Promise<AuthSig> {
  const issuedAtSeconds = request.issuedAtSeconds ?? now()
  checkLife(issuedAtSeconds, request.expiresAtSeconds, GRANT_MAX_SECONDS)
  const fields: GrantFields = {
    holder: request.signer.address,
    workId: request.manifest.workId,
    version: request.manifest.version,
    operator: request.operator,
    sessionKey: request.sessionKey,
    chainId: request.manifest.chainId,
    resource: manifestResource(request.manifest),
    issuedAtSeconds,
    expiresAtSeconds: request.expiresAtSeconds,
  }
  return await sign(request.signer, grantText(fields, request.blockHash))
}

export type OpeningRequest = {
  signer: WalletSigner
  manifest: Manifest
  /** An ephemeral key of the page or program that opens the copy; no operator's. */
  sessionKey: Hex
  blockHash: Hex
  lifeSeconds?: number
}

/** A creator's or an opened copy's holder's leave for their own page to read it: no operator is named. The only way of creators. */
export async function makeOpening(request: OpeningRequest): Promise<AuthSig> {
  const { manifest, lifeSeconds = AUTH_SIG_LIFE_SECONDS } = request
  const issuedAtSeconds = now()
  checkLife(issuedAtSeconds, issuedAtSeconds + lifeSeconds, OPENING_MAX_SECONDS)
  const text = siweText({
    domain: GRANT_DOMAIN,
    holder: request.signer.address,
    statement: `Let me read version ${manifest.version} of work ${manifest.workId} here.`,
    uri: SESSION_URI + request.sessionKey.slice(2).toLowerCase(),
    chainId: manifest.chainId,
    nonce: request.blockHash,
    issuedAtSeconds,
    expiresAtSeconds: issuedAtSeconds + lifeSeconds,
    resource: manifestResource(manifest),
  })
  return await sign(request.signer, text)
}

export type AuthSigRequest = {
  signer: WalletSigner
  manifest: Manifest
  /** The page's own host, which key nodes have to accept: a plain message never goes under a grant's domain. */
  domain: string
  blockHash: Hex
  lifeSeconds?: number
}

/**
 * A plain wallet signature for key nodes, good for this one opened copy only. Whoever sees it can use it at every
 * key node until it ends: prefer `makeOpening`.
 */
export async function makeAuthSig(request: AuthSigRequest): Promise<AuthSig> {
  const { manifest, domain } = request
  const issuedAtSeconds = now()
  const text = siweText({
    domain,
    holder: request.signer.address,
    statement: `Let me read my opened copy of version ${manifest.version} of work ${manifest.workId}.`,
    uri: `https://${domain}/`,
    chainId: manifest.chainId,
    nonce: request.blockHash,
    issuedAtSeconds,
    expiresAtSeconds: issuedAtSeconds + (request.lifeSeconds ?? AUTH_SIG_LIFE_SECONDS),
    resource: manifestResource(manifest),
  })
  return await sign(request.signer, text)
}

export type Grant = GrantFields & { blockHash: Hex; authSig: AuthSig }

const unreadable = (detail: string, got?: unknown): Problem =>
  new Problem('grant_invalid', { detail, ...(got === undefined ? {} : { got }) })

/** The fields that the text claims; nothing is believed until the whole text is rebuilt from them and compared. */
function claimedFields(given: AuthSig): { fields: GrantFields; blockHash: string } {
  const message = parseSiweMessage(given.signedMessage)
  const resources = message.resources?.flatMap(line => recapResources(line) ?? []) ?? []
  if (resources.some(resource => resource.includes('*')))
    throw new Problem('grant_wildcard', { got: resources.join(', '), expected: 'one resource by its hash' })
  if (message.domain !== GRANT_DOMAIN)
    throw new Problem('grant_invalid', { param: 'domain', got: message.domain, expected: GRANT_DOMAIN })
  const statement = readGrantStatement(message.statement ?? '')
  if (!statement) throw unreadable('Its statement is not that of a grant.', message.statement)
  const parsed = grantFields.safeParse({
    ...statement,
    holder: message.address,
    sessionKey: `0x${message.uri?.slice(SESSION_URI.length)}`,
    chainId: message.chainId,
    resource: resources[0]?.split('://')[1],
    issuedAtSeconds: Math.floor((message.issuedAt?.getTime() ?? Number.NaN) / 1000),
    expiresAtSeconds: Math.floor((message.expirationTime?.getTime() ?? Number.NaN) / 1000),
  })
  if (!parsed.success) throw unreadable(parsed.error.issues[0]?.message ?? 'A field is missing.')
  return { fields: parsed.data, blockHash: message.nonce ?? '' }
}

/** A grant's fields, once its text, signature, length and age are right. Standing on the chain is for key nodes to ask. */
export async function readGrant(text: unknown, nowSeconds: number = now()): Promise<Grant> {
  const shape = authSig.safeParse(text)
  if (!shape.success) throw unreadable(shape.error.issues[0]?.message ?? 'Not an authSig.')
  const given = shape.data
  const { fields, blockHash } = claimedFields(given)
  if (!/^0x[0-9a-f]{64}$/.test(blockHash)) throw unreadable('Its nonce is not a block hash.', blockHash)
  if (grantText(fields, blockHash) !== given.signedMessage)
    throw unreadable('Its text is not the one that its fields make.')
  checkLife(fields.issuedAtSeconds, fields.expiresAtSeconds, GRANT_MAX_SECONDS)
  const signer = await recoverMessageAddress({ message: given.signedMessage, signature: given.sig }).catch(
    () => null,
  )
  if (signer?.toLowerCase() !== fields.holder.toLowerCase() || getAddress(given.address) !== signer)
    throw new Problem('grant_invalid', {
      detail: 'Another account signed it.',
      got: signer,
      expected: fields.holder,
    })
  if (fields.expiresAtSeconds <= nowSeconds)
    throw new Problem('grant_expired', { got: new Date(fields.expiresAtSeconds * 1000).toISOString() })
  // Safety: the pattern above held.
  return { ...fields, blockHash: blockHash as Hex, authSig: given }
}

/** A node's access under a grant; session signatures made from it live `lifeSeconds` and at most a day. */
export const sessionAccess = (grant: AuthSig, sessionKey: SessionKey, lifeSeconds?: number): Access => ({
  kind: 'session',
  grant,
  sessionKey,
  ...(lifeSeconds === undefined ? {} : { lifeSeconds }),
})
