/** The text a wallet signs (EIP-4361 with an ERC-5573 ReCap), byte for byte as Lit's own helpers write it. */
import type { Hex } from '@grimoire/schema/hex'
import { getAddress } from 'viem'
import { identityOf } from './condition.ts'

export type SiweFields = {
  domain: string
  holder: Hex
  statement: string
  uri: string
  chainId: number
  nonce: string
  issuedAtSeconds: number
  expiresAtSeconds: number
  /** `<condition hash>/<secret hash>`; without it the message grants nothing to a session key. */
  resource?: string
}

export const SESSION_URI = 'lit:session:'
const RECAP_URN = 'urn:recap:'
const ABILITY = 'Threshold/Decryption'

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString()

const base64Url = (text: string): string =>
  btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

/** The ReCap's sentence and its resource line. Names hold ASCII only, so btoa is safe. */
export function recapOf(resource: string): { statement: string; urn: string } {
  const identity = identityOf(resource)
  const recap = JSON.stringify({ att: { [identity]: { [ABILITY]: [{}] } }, prf: [] })
  return {
    statement: `I further authorize the stated URI to perform the following actions on my behalf: (1) 'Threshold': 'Decryption' for '${identity}'.`,
    urn: RECAP_URN + base64Url(recap),
  }
}

/** The resources that a ReCap line names, or null when the line is none. */
export function recapResources(urn: string): string[] | null {
  if (!urn.startsWith(RECAP_URN)) return null
  try {
    const text = atob(urn.slice(RECAP_URN.length).replaceAll('-', '+').replaceAll('_', '/'))
    const { att } = JSON.parse(text)
    return Object.keys(att)
  } catch {
    return null
  }
}

export function siweText(fields: SiweFields): string {
  const recap = fields.resource === undefined ? null : recapOf(fields.resource)
  return [
    `${fields.domain} wants you to sign in with your Ethereum account:`,
    getAddress(fields.holder),
    '',
    recap ? `${fields.statement} ${recap.statement}` : fields.statement,
    '',
    `URI: ${fields.uri}`,
    'Version: 1',
    `Chain ID: ${fields.chainId}`,
    `Nonce: ${fields.nonce}`,
    `Issued At: ${iso(fields.issuedAtSeconds)}`,
    `Expiration Time: ${iso(fields.expiresAtSeconds)}`,
    ...(recap ? ['Resources:', `- ${recap.urn}`] : []),
  ].join('\n')
}
