/** Are these addresses one ledger? Asked of its contracts, so that whoever names them cannot slip in another gate or money. */
import { COLLECTOR_ADDRESS, MULTICALL3_ADDRESS, SETTLEMENT_ADDRESS } from '@grimoire/contracts/addresses'
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { gateAbi } from '@grimoire/contracts/generated/gate'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { ledgerProblem } from './ledger-errors.ts'
import { checkChain, type Ledger } from './market.ts'

type Place = Exclude<keyof Ledger['addresses'], 'chainId' | 'deployedAtBlock'>

/** What each contract says of its neighbours; all of it was fixed when they were deployed. */
async function wiring({ publicClient, addresses }: Ledger): Promise<[Place, Hex][]> {
  const works = { address: addresses.works, abi: worksAbi } as const
  const gate = { address: addresses.gate, abi: gateAbi } as const
  const [money, policy, admissions, gateWorks, gateOperators, gateAdmissions, admittedTo, bonded] =
    await Promise.all([
      publicClient.readContract({ ...works, functionName: 'money' }),
      publicClient.readContract({ ...works, functionName: 'policy' }),
      publicClient.readContract({ ...works, functionName: 'admissions' }),
      publicClient.readContract({ ...gate, functionName: 'works' }),
      publicClient.readContract({ ...gate, functionName: 'operators' }),
      publicClient.readContract({ ...gate, functionName: 'admissions' }),
      publicClient.readContract({ address: addresses.admissions, abi: admissionsAbi, functionName: 'works' }),
      publicClient.readContract({ address: addresses.operators, abi: operatorsAbi, functionName: 'money' }),
    ])
  return [
    ['money', money],
    ['policy', policy],
    ['admissions', admissions],
    ['works', gateWorks],
    ['operators', gateOperators],
    ['admissions', gateAdmissions],
    ['works', admittedTo],
    ['money', bonded],
    ['settlement', SETTLEMENT_ADDRESS],
    ['collector', COLLECTOR_ADDRESS],
    ['multicall3', MULTICALL3_ADDRESS],
  ]
}

/**
 * Throws `chain_wrong`, or `ledger_inconsistent` with the address that does not belong. That `works` itself is the right
 * one nobody can ask a chain: it is pinned, or taken on somebody's word. No contract names the key network; a work's
 * manifest, whose hash the chain holds, names the key.
 */
export async function checkLedger(ledger: Ledger): Promise<void> {
  await checkChain(ledger)
  const { addresses } = ledger
  const found = await wiring(ledger).catch(error => {
    const problem = ledgerProblem(error, 'reading how the ledger is wired')
    if (!/returned no data|reverted/i.test(problem.message)) throw problem
    throw new Problem('ledger_inconsistent', { got: 'an address without its contract', cause: error })
  })
  for (const [place, expected] of found) {
    if (sameAddress(addresses[place], expected)) continue
    const got = { [place]: addresses[place] }
    throw new Problem('ledger_inconsistent', { param: `addresses.${place}`, got, expected })
  }
}
