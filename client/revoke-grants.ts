/** Taking back every grant that an account gave before a moment: key nodes read it on the chain at each opening. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { encodeFunctionData } from 'viem'
import type { Ledger } from './market.ts'
import { chainSeconds, type Sent, sendCall, type Wallet } from './wallet.ts'

/** Without a moment: the time of the latest block, so that a grant signed after this call is good. */
export async function revokeGrants(
  ledger: Ledger,
  { wallet, beforeSeconds }: { wallet: Wallet; beforeSeconds?: number },
): Promise<Sent> {
  const at = BigInt(beforeSeconds ?? (await chainSeconds(ledger)))
  return sendCall(ledger, {
    wallet,
    to: ledger.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'revokeGrantsBefore', args: [at] }),
    what: 'revoking grants',
  })
}
