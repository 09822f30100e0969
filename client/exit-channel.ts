/** Leaving a channel without the node: announced on the chain, final after the delay that the node had agreed to. */
import { settlementAbi } from '@grimoire/contracts/generated/settlement'
import { encodeFunctionData, type Hex } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

/** The channel's fixed terms, as `chat.channelConfig` gives them: keep them if the store may be lost. */
export type ChannelConfig = {
  payer: Hex
  payerAuthorizer: Hex
  receiver: Hex
  receiverAuthorizer: Hex
  token: Hex
  withdrawDelay: number
  salt: Hex
}

/** What the chain holds for a channel. */
export async function channelOnChain(
  { publicClient, addresses }: Ledger,
  { channelId }: { channelId: Hex },
): Promise<{ balanceAtomic: bigint; claimedAtomic: bigint }> {
  const [balanceAtomic, claimedAtomic] = await publicClient
    .readContract({
      address: addresses.settlement,
      abi: settlementAbi,
      functionName: 'channels',
      args: [channelId],
    })
    .catch(error => {
      throw ledgerProblem(error, 'reading a channel')
    })
  return { balanceAtomic, claimedAtomic }
}

/** Begins the exit. The node may still claim what it is owed until the delay has passed, and no more than was signed. */
export async function beginExit(
  ledger: Ledger,
  { wallet, channelId, config }: { wallet: Wallet; channelId: Hex; config: ChannelConfig },
): Promise<Sent> {
  const { balanceAtomic, claimedAtomic } = await channelOnChain(ledger, { channelId })
  const args = [config, balanceAtomic - claimedAtomic] as const
  return sendCall(ledger, {
    wallet,
    to: ledger.addresses.settlement,
    data: encodeFunctionData({ abi: settlementAbi, functionName: 'initiateWithdraw', args }),
    what: 'announcing an exit',
  })
}

/** After the delay: the rest of the deposit goes back to the wallet that paid it. */
export const finishExit = (
  ledger: Ledger,
  { wallet, config }: { wallet: Wallet; config: ChannelConfig },
): Promise<Sent> =>
  sendCall(ledger, {
    wallet,
    to: ledger.addresses.settlement,
    data: encodeFunctionData({ abi: settlementAbi, functionName: 'finalizeWithdraw', args: [config] }),
    what: 'finishing an exit',
  })
