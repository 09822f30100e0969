/** A creator's list of operators who may serve a work: adding is at once, a removal takes effect after seven days. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData } from 'viem'
import { sendAndNudge } from './edge.ts'
import type { Market } from './market.ts'
import type { Sent, Wallet } from './wallet.ts'

export async function setAdmitted(
  market: Market,
  options: { wallet: Wallet; workId: string; operator: Hex; admitted: boolean },
): Promise<Sent> {
  const args = [BigInt(options.workId), options.operator, options.admitted] as const
  return sendAndNudge(market, {
    wallet: options.wallet,
    to: market.addresses.admissions,
    data: encodeFunctionData({ abi: admissionsAbi, functionName: 'setAdmitted', args }),
    what: 'changing who may serve the work',
  })
}
