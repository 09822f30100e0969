/** The port to a key network: it keeps a short secret that opens only for those whom the Gate admits. */
import type { AuthSig } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import type { Seal } from '@grimoire/schema/manifest'

/** What a key network returns for a secret; the manifest's seal without the age recipient. */
export type Wrapped = Omit<Seal, 'recipient'>

export type WrapRequest = { workId: string; chainId: number; gate: Hex; secret: Uint8Array }

/** The seal's place: the work and chain that its condition names. */
export type WrappedFor = { workId: string; chainId: number }

export type SessionKey = {
  /** ed25519, as the ledger's Operators registry holds it. */
  publicKey: Hex
  /** The 32-byte seed. */
  secretKey: Hex
}

export type Access =
  /** A plain wallet signature: only for an opened copy's holder, never for a creator; a bearer secret for ten minutes. */
  | { kind: 'authSig'; authSig: AuthSig }
  /** A session key under a wallet's grant: what nodes use, and what a page should use; bound to each key node. */
  | { kind: 'session'; grant: AuthSig; sessionKey: SessionKey; lifeSeconds?: number }

export type KeyNetwork = {
  wrapKey(request: WrapRequest): Promise<Wrapped>
  unwrapKey(wrapped: Wrapped, target: WrappedFor, access: Access): Promise<Uint8Array>
  /** A recent block hash of the chain: the nonce of a grant. */
  latestBlockHash(): Promise<Hex>
  /** Ends every request that is under way and leaves no timer. */
  close(): Promise<void>
}
