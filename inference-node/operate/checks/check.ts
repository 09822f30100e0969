/** One check of `doctor`: what it found, and if that is not as it has to be, how it is mended. */
import { asProblem } from '@grimoire/schema/problem'
import type { FileConfig } from '../../config.ts'
import type { OperatorsLedger } from '../chain.ts'
import type { NodeStatus } from '../status.ts'

/** `warn`: it works, and will trouble you; `skip`: it could not be looked at, and why. */
export type Outcome = 'ok' | 'warn' | 'fail' | 'skip'
export type Finding = { outcome: Outcome; fact: string; mend?: string }
export type Check = Finding & { name: string }

export type Patient = {
  settings: FileConfig
  configPath: string
  /** Null when the chain is not there, or is another. */
  ledger: OperatorsLedger | null
  /** Null when no node runs from this state folder. */
  status: NodeStatus | null
  /** Loading a model takes a while. */
  quick: boolean
}

export const ok = (fact: string): Finding => ({ outcome: 'ok', fact })
export const warn = (fact: string, mend: string): Finding => ({ outcome: 'warn', fact, mend })
export const fail = (fact: string, mend: string): Finding => ({ outcome: 'fail', fact, mend })
export const skip = (fact: string): Finding => ({ outcome: 'skip', fact })

export type Examine = (patient: Patient) => Promise<Finding> | Finding

/** A provider's RPC has its customer's key in the path: reports are shown to others. */
export async function examined(name: string, examine: Examine, patient: Patient): Promise<Check> {
  const { rpcUrl } = patient.settings
  const check = await looked(name, examine, patient)
  return { ...check, fact: check.fact.replaceAll(rpcUrl, new URL(rpcUrl).origin) }
}

/** A check that throws has failed; what it threw says why. */
async function looked(name: string, examine: Examine, patient: Patient): Promise<Check> {
  try {
    return { name, ...(await examine(patient)) }
  } catch (error) {
    const { message, mend, code } = asProblem(error)
    if (code !== 'internal') return { name, ...fail(message, mend) }
    const unforeseen = error instanceof Error ? error.message : String(error)
    return { name, ...fail(unforeseen, 'mend what it names, and run doctor again') }
  }
}
