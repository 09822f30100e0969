/** Undertaking to serve a work that lists the operator: only while one who did is active is the work not stranded. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import type { Hex } from '@grimoire/schema/hex'
import { encodeFunctionData } from 'viem'
import type { Ledger } from './market.ts'
import { type Sent, sendCall, type Wallet } from './wallet.ts'

/** The owner's wallet sends it, or the payment key's with the operator named. `accepted: false` takes it back. */
export const acceptWork = (
  ledger: Ledger,
  options: { wallet: Wallet; workId: string; operator?: Hex; accepted?: boolean },
): Promise<Sent> => {
  const { wallet, workId, operator = wallet.account.address, accepted = true } = options
  const args = [BigInt(workId), operator, accepted] as const
  return sendCall(ledger, {
    wallet,
    to: ledger.addresses.admissions,
    data: encodeFunctionData({ abi: admissionsAbi, functionName: 'setAccepted', args }),
    what: accepted ? 'accepting to serve the work' : 'taking back to serve the work',
  })
}
