/** The key nodes' wire, spoken by hand: what someone sends who does not use our client, or who altered it. */
import type { AuthSig } from '@grimoire/schema/grant'
import { GRANT_DOMAIN, grantStatement } from '@grimoire/schema/grant'
import type { Manifest } from '@grimoire/schema/manifest'
import { gateCondition, RESOURCE_PREFIX } from '@grimoire/seal/condition'
import { manifestResource } from '@grimoire/seal/grant'
import type { SessionKey } from '@grimoire/seal/network'
import { SESSION_URI, type SiweFields, siweText } from '@grimoire/seal/siwe'
import { ed25519 } from '@noble/curves/ed25519'
import type { Person } from './stage.ts'

export const SIGN_PATH = '/web/encryption/sign/'
const SESSION_SECONDS = 600
const DAY_SECONDS = 86_400

export const nowSeconds = (): number => Math.floor(Date.now() / 1000)

/** A session signature for one key node, made under whatever the wallet's part is. */
export function sessionSig(wallet: AuthSig, manifest: Manifest, key: SessionKey, nodeAddress: string) {
  const address = key.publicKey.slice(2)
  const signedMessage = JSON.stringify({
    sessionKey: address,
    resourceAbilityRequests: [
      {
        resource: { resource: manifestResource(manifest), resourcePrefix: RESOURCE_PREFIX },
        ability: 'access-control-condition-decryption',
      },
    ],
    capabilities: [wallet],
    issuedAt: new Date().toISOString(),
    expiration: new Date((nowSeconds() + SESSION_SECONDS) * 1000).toISOString(),
    nodeAddress,
  })
  const sig = Buffer.from(ed25519.sign(Buffer.from(signedMessage), key.secretKey.slice(2))).toString('hex')
  return { sig, derivedVia: 'litSessionSignViaNacl', signedMessage, address, algo: 'ed25519' }
}

export type KeyNodeAnswer = { status: number; code: string; share: string | null }

/** One key node, asked for its share of a work's key. */
export async function askKeyNode(url: string, manifest: Manifest, authSig: object): Promise<KeyNodeAnswer> {
  const { gate, dataToEncryptHash, chain } = manifest.seal
  const { workId, chainId } = manifest
  const response = await fetch(url + SIGN_PATH, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      evmContractConditions: gateCondition({ gate, workId, chainId }),
      dataToEncryptHash,
      chain,
      authSig,
      epoch: 1,
    }),
  })
  // Safety: our own node's JSON; both fields may be missing.
  const body = (await response.json()) as { code?: string; signatureShare?: { ProofOfPossession: string } }
  const share = body.signatureShare?.ProofOfPossession ?? null
  return { status: response.status, code: body.code ?? (share ? 'opened' : 'nothing'), share }
}

export type Forged = {
  signer: Person
  manifest: Manifest
  operator: `0x${string}`
  sessionKey: `0x${string}`
  blockHash: `0x${string}`
  /** Whatever differs from the text that the client would write. */
  changes?: Partial<SiweFields>
}

/** A grant's text with changes that our client would not make, signed by its wallet all the same. */
export async function forgeGrant(forged: Forged): Promise<AuthSig> {
  const { signer, manifest, operator, sessionKey, blockHash, changes = {} } = forged
  const { workId, version, chainId } = manifest
  const expiresAtSeconds = changes.expiresAtSeconds ?? nowSeconds() + DAY_SECONDS
  const signedMessage = siweText({
    domain: GRANT_DOMAIN,
    holder: signer.address,
    statement: grantStatement({ workId, version, operator, expiresAtSeconds }),
    uri: SESSION_URI + sessionKey.slice(2),
    chainId,
    nonce: blockHash,
    issuedAtSeconds: nowSeconds(),
    resource: manifestResource(manifest),
    ...changes,
    expiresAtSeconds,
  })
  const sig = await signer.signMessage({ message: signedMessage })
  return { sig, derivedVia: 'web3.eth.personal.sign', signedMessage, address: signer.address }
}
