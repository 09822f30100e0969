/** What this device keeps to pay with: channels, their keys and grants; read here without loading what pays. */
import { findGrant } from '@grimoire/client/kept-grant'
import { channelSums } from '@grimoire/client/payment-store'
import type { CheckedQuote } from '@grimoire/client/read-quote'
import type { Hex } from '@grimoire/schema/hex'
import { type Vault, within } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'

/** Whose money, for which work, at which machine. */
export type Paying = { vault: Vault; session: Session; workId: string; checked: CheckedQuote }

/** What is left of a deposit, and how often the wallet was asked since the page was opened. */
export type Money = { leftAtomic: bigint; walletSignatures: number }

export const purseOf = (vault: Vault): Vault => within(vault, 'pay:')

/** Whether the machine has leave already, as far as this device remembers; it says so itself when it has not. */
export async function isGranted({ vault, session, workId, checked: { quote } }: Paying): Promise<boolean> {
  const { version, operator } = quote
  return (await findGrant(purseOf(vault), { holder: session.address, workId, version, operator })) !== null
}

const channelOf = ({ session, checked }: Paying): string =>
  `channel-of:${session.address}:${checked.quote.payTo}`.toLowerCase()

export const rememberChannel = (paying: Paying, channelId: Hex): Promise<void> =>
  purseOf(paying.vault).set(channelOf(paying), channelId)

/** What an earlier visit left in the channel, or null when there was none. */
export async function remembered(paying: Paying): Promise<Money | null> {
  const purse = purseOf(paying.vault)
  const channelId = await purse.get(channelOf(paying))
  if (!channelId) return null
  return { ...(await channelSums(purse, channelId)), walletSignatures: 0 }
}
