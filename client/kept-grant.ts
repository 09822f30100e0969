/** A grant as its holder keeps it: the text that the wallet signed, and the id under which the node knows it, told once. */
import { authSig, type GrantAnswer, grantAnswer } from '@grimoire/schema/grant'
import { address, type Hex, workIdText } from '@grimoire/schema/hex'
import { Problem, type ProblemCode } from '@grimoire/schema/problem'
import { z } from 'zod'
import { type Market, modelOf } from './market.ts'
import type { PaymentStore } from './payment-store.ts'
import { nodeOf } from './read-quote.ts'
import { requestJson } from './transport.ts'

/** A grant that ends this soon is not worth giving. */
const MARGIN_SECONDS = 60

export const keptGrant = z.object({
  holder: address,
  workId: workIdText,
  version: z.number().int().min(1),
  operator: address,
  nodeUrl: z.string(),
  expiresAtSeconds: z.number().int(),
  authSig,
  /** A secret that shows a node who asks. Missing while the node has not told it, or told it to somebody else. */
  id: z.string().optional(),
})
export type KeptGrant = z.infer<typeof keptGrant>

export type GrantFor = { holder: Hex; workId: string; version: number; operator: Hex }

const PREFIX = 'grant:'
export const grantsOf = (holder: Hex): string => `${PREFIX}${holder}:`.toLowerCase()
const keyOf = ({ holder, workId, version, operator }: GrantFor): string =>
  `${grantsOf(holder)}${workId}@${version}:${operator}`.toLowerCase()

export const keepGrant = (store: PaymentStore, grant: KeptGrant): Promise<void> =>
  store.set(keyOf(grant), JSON.stringify(grant))

export const readGrant = (text: string): KeptGrant => keptGrant.parse(JSON.parse(text))

export const stands = ({ expiresAtSeconds }: KeptGrant): boolean =>
  expiresAtSeconds > Date.now() / 1000 + MARGIN_SECONDS

/** The grant that is kept for these, unless it has ended or is about to. */
export async function findGrant(store: PaymentStore, wanted: GrantFor): Promise<KeptGrant | null> {
  const text = await store.get(keyOf(wanted))
  const kept = text === undefined ? null : readGrant(text)
  return kept && stands(kept) ? kept : null
}

/** Hands a grant to its node. The id in the answer is told once, to the first who brings the grant's text. */
export const giveGrant = (market: Market, grant: KeptGrant): Promise<GrantAnswer> =>
  requestJson(nodeOf(market, grant.nodeUrl), '/v1/grants', {
    method: 'POST',
    json: { model: modelOf(market, grant.workId, grant.version), authSig: grant.authSig },
    schema: grantAnswer,
  })

const LOST: ReadonlySet<ProblemCode> = new Set([
  ...(['grant_missing', 'grant_secret_missing', 'grant_expired', 'grant_revoked'] as const),
])

/** A node that has forgotten a grant or who gave it, or whose grant has ended: a new one mends all of these. */
export const isGrantLost = (error: unknown): error is Problem =>
  error instanceof Problem && LOST.has(error.code)

/**
 * Hands the kept grant over once more, which asks the wallet for nothing: a node that has lost what it knew tells its id
 * anew. False when there is none that still stands, or the node does not take it: then only a new one helps.
 */
export async function giveGrantAgain(
  market: Market,
  store: PaymentStore,
  wanted: GrantFor & { nodeUrl: string },
): Promise<boolean> {
  const kept = await findGrant(store, wanted)
  if (!kept) return false
  const grant = { ...kept, nodeUrl: wanted.nodeUrl }
  try {
    const { id } = await giveGrant(market, grant)
    // Without an id the node has given it away before: the old one is none of its own any more.
    await keepGrant(store, { ...grant, id })
    return true
  } catch (error) {
    if (error instanceof Problem && error.code.startsWith('grant_')) return false
    throw error
  }
}
