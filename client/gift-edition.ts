/** Giving editions away: the owner's own transfer, which pays no royalty since nothing is paid on the ledger. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData, isAddress, zeroAddress } from 'viem'
import { sendAndNudge } from './edge.ts'
import { editionsOf } from './ledger-work.ts'
import type { Market } from './market.ts'
import type { Sent, Wallet } from './wallet.ts'

/** A gift cannot be taken back, so whoever is named has to be meant: a checksum that holds, not nobody, not oneself. */
function requireRecipient(holder: Hex, to: Hex): void {
  const expected = 'an address with its capitals as its owner wrote it, of somebody else'
  if (!isAddress(to) || sameAddress(to, holder))
    throw new Problem('request_invalid', { param: 'to', got: to, expected })
  if (sameAddress(to, zeroAddress)) throw new Problem('recipient_refused', { param: 'to', got: to })
}

export async function giftEdition(
  market: Market,
  { wallet, workId, to, quantity = 1 }: { wallet: Wallet; workId: string; to: Hex; quantity?: number },
): Promise<Sent> {
  const holder = wallet.account.address
  requireRecipient(holder, to)
  const held = await editionsOf(market, { workId, holder })
  if (held < BigInt(quantity)) throw new Problem('not_holder', { got: held, expected: quantity })
  const args = [holder, to, BigInt(workId), BigInt(quantity), '0x'] as const
  return sendAndNudge(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'safeTransferFrom', args }),
    what: 'giving an edition',
  })
}
