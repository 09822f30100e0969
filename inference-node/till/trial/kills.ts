/** Kills a process that takes vouchers, at any moment of its life, and holds its ledger against what it had acknowledged. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Acknowledged, faultsAt } from './books.ts'
import { hear, type Life, WRITER } from './hear.ts'
import { seeded } from './random.ts'

const CHANNELS = 8
/** A ledger is carried through so many deaths; then a new one begins, so that its first moments are met as well. */
const DEATHS_OF_ONE = 50

export type Killed = {
  kills: number
  lost: number
  doubled: number
  unsound: number
  /** How many vouchers were acknowledged in all. */
  acknowledged: number
  /** Killed before the ledger had acknowledged anything in that life. */
  early: number
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** One life and its end: before, while or after its first voucher, as the numbers say. */
async function live(
  directory: string,
  heard: Acknowledged,
  random: () => number,
): Promise<Pick<Life, 'acknowledged'>> {
  const child = spawn(process.execPath, [WRITER, directory, String(CHANNELS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const life = hear(child, heard)
  const gone = new Promise(resolve => child.once('close', resolve))
  if (random() < 0.15) await Promise.race([sleep(random() * 120), gone])
  else await life.first.then(() => sleep(random() * 20))
  child.kill('SIGKILL')
  await gone
  return life
}

async function lane(kills: number, seed: number, done: Killed): Promise<void> {
  const random = seeded(seed)
  for (let left = kills; left > 0; left -= DEATHS_OF_ONE) {
    const directory = mkdtempSync(join(tmpdir(), 'grimoire-kills-'))
    const heard: Acknowledged = new Map()
    for (let death = 0; death < Math.min(DEATHS_OF_ONE, left); death++) {
      const { acknowledged } = await live(directory, heard, random)
      const faults = faultsAt(directory, heard)
      done.kills++
      done.acknowledged += acknowledged
      if (acknowledged === 0) done.early++
      for (const fault of faults) done[fault]++
      if (faults.length > 0) process.stderr.write(`death ${death} of seed ${seed}: ${faults}\n`)
    }
    rmSync(directory, { recursive: true })
  }
}

/** Each lane has ledgers and a seed of its own. */
export async function killWriters(kills: number, seed: number, lanes = 2): Promise<Killed> {
  const done: Killed = { kills: 0, lost: 0, doubled: 0, unsound: 0, acknowledged: 0, early: 0 }
  const share = (at: number) => Math.floor((kills * (at + 1)) / lanes) - Math.floor((kills * at) / lanes)
  await Promise.all(Array.from({ length: lanes }, (_, at) => lane(share(at), seed + at, done)))
  return done
}
