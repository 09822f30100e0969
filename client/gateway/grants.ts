/** The grants that a gateway holds: signed by the wallet or imported; each chat shows its own to the node. */
import type { Hex } from '@grimoire/schema/hex'
import { grantNode } from '../grant-node.ts'
import { findGrant, grantsOf, type KeptGrant, readGrant, stands } from '../kept-grant.ts'
import type { GatewayContext } from './context.ts'

type GrantChoice = { workId: string; version: number; operator: Hex; nodeUrl: string }

/** Those that have not ended, of this wallet. */
export async function keptGrants({
  store,
  wallet,
}: Pick<GatewayContext, 'store' | 'wallet'>): Promise<KeptGrant[]> {
  const found = await store.list(grantsOf(wallet.account.address))
  return found.map(([, text]) => readGrant(text)).filter(stands)
}

/** A new grant, signed by the wallet, given to the node and kept. */
export async function giveNewGrant(
  context: GatewayContext,
  choice: GrantChoice & { lastsSeconds?: number },
): Promise<KeptGrant> {
  const { market, store, wallet } = context
  const { workId, version, operator } = choice
  const grant = await grantNode(market, { ...choice, store, wallet })
  const { expiresAtSeconds } = grant
  context.log({ event: 'grant_given', workId, version, operator, expiresAtSeconds })
  return grant
}

/** Before the first turn at a node. A kept one was given before, or is given by the chat when the node says that it lacks it. */
export async function requireGrant(context: GatewayContext, choice: GrantChoice): Promise<void> {
  const kept = await findGrant(context.store, { ...choice, holder: context.wallet.account.address })
  if (!kept) await giveNewGrant(context, choice)
}
