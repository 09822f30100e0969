/**
 * The ledger of vouchers under kills, torn logs and a failing disk: nothing that was acknowledged is lost, nothing is
 * charged twice. `npm run proof -- ledger [kills] [tears] [faults] [seed]`.
 */
import { canInject, injectFaults } from '@grimoire/inference-node/till/trial/faults'
import { killWriters } from '@grimoire/inference-node/till/trial/kills'
import { tearLogs } from '@grimoire/inference-node/till/trial/tears'
import { claim, prove } from './proof.ts'

const KILLS = 20_000
const TEARS = 12_000
const FAULTS = 5_000

const failuresOf = ({ lost, doubled, unsound }: Record<'lost' | 'doubled' | 'unsound', number>) =>
  lost + doubled + unsound

async function kills(count: number, seed: number) {
  const { kills: n, ...figures } = await killWriters(count, seed)
  return { n, failures: failuresOf(figures), ...figures }
}

async function tears(count: number, seed: number) {
  const { tears: n, ...figures } = await tearLogs(count, seed)
  return { n, failures: failuresOf(figures), ...figures }
}

async function faults(count: number, seed: number) {
  const { faults: n, ...figures } = await injectFaults(count, seed)
  return { n, failures: failuresOf(figures), ...figures, errorsOfTheDisk: canInject() ? 'yes' : 'no strace' }
}

const seeds = Math.floor(Date.now() / 1000)

await prove('ledger', async ([killCount, tearCount, faultCount, given]) => {
  const seed = Number(given ?? seeds)
  const wanted = (text: string | undefined, most: number) => Number(text ?? most)
  return [
    await claim({ name: 'torn logs: whole up to the tear', seed }, () =>
      tears(wanted(tearCount, TEARS), seed),
    ),
    await claim({ name: 'faults of the disk: no voucher lost', seed }, () =>
      faults(wanted(faultCount, FAULTS), seed),
    ),
    await claim({ name: 'kills: no voucher lost', seed }, () => kills(wanted(killCount, KILLS), seed)),
  ]
})
