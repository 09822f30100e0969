/** What the ledger owes an account, and where it came from. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { getAbiItem } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

/** What can be withdrawn now. */
export async function creditOf(
  { publicClient, addresses }: Ledger,
  { account }: { account: Hex },
): Promise<bigint> {
  return publicClient
    .readContract({ address: addresses.works, abi: worksAbi, functionName: 'creditOf', args: [account] })
    .catch(error => {
      throw ledgerProblem(error, 'reading the credit')
    })
}

export type Earning = { workId: string; amountAtomic: bigint; transactionHash: Hex; blockNumber: bigint }

/** Credit now, and every credit event of the account since a block (the deployment without one). */
export async function earnings(
  ledger: Ledger,
  { account, fromBlock }: { account: Hex; fromBlock?: bigint },
): Promise<{ creditAtomic: bigint; earnings: Earning[]; totalAtomic: bigint }> {
  const { publicClient, addresses } = ledger
  const logs = await publicClient
    .getLogs({
      address: addresses.works,
      event: getAbiItem({ abi: worksAbi, name: 'Credited' }),
      args: { account },
      fromBlock: fromBlock ?? BigInt(addresses.deployedAtBlock),
      strict: true,
    })
    .catch(error => {
      throw ledgerProblem(error, 'reading the credits')
    })
  const rows = logs.map(({ args, transactionHash, blockNumber }) => ({
    workId: String(args.workId),
    amountAtomic: args.amountAtomic,
    transactionHash,
    blockNumber,
  }))
  return {
    creditAtomic: await creditOf(ledger, { account }),
    earnings: rows,
    totalAtomic: rows.reduce((sum, row) => sum + row.amountAtomic, 0n),
  }
}
