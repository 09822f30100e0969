/** What the market itself takes of each sale and each answer: read from the ledger, shown before anyone pays. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'

export async function protocolFeeBps({ publicClient, addresses }: Ledger): Promise<number> {
  return publicClient
    .readContract({ address: addresses.works, abi: worksAbi, functionName: 'protocolFeeBps' })
    .catch(error => {
      throw ledgerProblem(error, 'reading the fee of the market')
    })
}
