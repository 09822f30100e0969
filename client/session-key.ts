/** A session key that a wallet can make again on any device from one signature, instead of one kept in a store. */
import type { Hex } from '@grimoire/schema/hex'
import { keccak256 } from 'viem'
import type { Ledger } from './market.ts'
import { signing, type Wallet } from './wallet.ts'

/**
 * Good only with wallets whose signatures are deterministic (RFC 6979), which the common ones are. Give each device that
 * pays at the same time a label of its own: two accounts of one channel contradict each other, and a client takes the
 * higher one for a node that overcharges.
 */
export async function deriveSessionKey(
  { addresses }: Ledger,
  { wallet, label = 'chat' }: { wallet: Wallet; label?: string },
): Promise<Hex> {
  const message = [
    'Make the Grimoire session key of this account.',
    'It can spend what this account deposits for chats, and nothing else.',
    'Sign this only in a program that you trust with your chats.',
    `Chain: ${addresses.chainId}`,
    `Ledger: ${addresses.works.toLowerCase()}`,
    `Label: ${label}`,
  ].join('\n')
  return keccak256(await signing(wallet.signMessage({ account: wallet.account, message })))
}
