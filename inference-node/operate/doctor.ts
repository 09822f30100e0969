/** `doctor`: everything that a node needs, looked at in one go; each failure with its mend. */
import { resolve } from 'node:path'
import { chainFor } from './chain.ts'
import * as chainChecks from './checks/chain.ts'
import { type Check, type Examine, examined, type Patient } from './checks/check.ts'
import * as machine from './checks/machine.ts'
import * as network from './checks/network.ts'
import { readSettings } from './config-file.ts'
import { askDesk } from './desk-client.ts'
import { EXIT } from './exit.ts'
import { answer, table } from './say.ts'
import type { NodeStatus } from './status.ts'

export type DoctorOptions = { config: string; json: boolean; quick?: boolean }

/** In the order in which one failure explains those that follow. */
const CHECKS: readonly [string, Examine][] = [
  ['files', machine.files],
  ['keys', machine.keys],
  ['state', machine.stateFolder],
  ['disk', machine.disk],
  ['chain', chainChecks.chain],
  ['clock', chainChecks.clock],
  ['contracts', chainChecks.contracts],
  ['registered', chainChecks.registration],
  ['bond', chainChecks.bond],
  ['gas', chainChecks.gas],
  ['key nodes', chainChecks.keyNodes],
  ['edges', chainChecks.edges],
  ['model', machine.model],
  ['gpu', machine.gpu],
  ['sandbox', machine.sandbox],
  ['ports', network.ports],
  ['tls', network.tls],
  ['endpoint', network.endpoint],
]

const MARKS = { ok: 'ok', warn: 'WARN', fail: 'FAIL', skip: 'skip' } as const

async function patientOf({ config, quick = false }: DoctorOptions): Promise<Patient> {
  const settings = readSettings(config)
  const [ledger, status] = await Promise.all([
    chainFor(settings).catch(() => null),
    askDesk(settings.directory, '/status').catch(() => null) as Promise<NodeStatus | null>, // Safety: our own desk answers with this.
  ])
  return { settings, configPath: resolve(config), ledger, status, quick }
}

const rowsOf = ({ name, outcome, fact, mend }: Check) => [
  [`${MARKS[outcome].padEnd(4)} ${name}`, fact] as const,
  ...(mend ? [['', `mend: ${mend}`] as const] : []),
]

function summary(checks: Check[]): string {
  const count = (outcome: Check['outcome']) => checks.filter(check => check.outcome === outcome).length
  const failed = count('fail')
  const warned = count('warn') > 0 ? `, ${count('warn')} to look at` : ''
  return failed === 0 ? `ready to run${warned}` : `${failed} to mend${warned}`
}

export async function doctor(options: DoctorOptions): Promise<void> {
  const patient = await patientOf(options)
  const checks: Check[] = []
  for (const [name, examine] of CHECKS) checks.push(await examined(name, examine, patient))
  const healthy = checks.every(({ outcome }) => outcome !== 'fail')
  answer(
    options.json,
    { ok: healthy, checks },
    () => `${table(checks.flatMap(rowsOf))}\n\n${summary(checks)}`,
  )
  if (!healthy) process.exitCode = EXIT.failed
}
