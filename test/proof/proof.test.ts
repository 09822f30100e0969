/** A proof that fails says so to whatever ran it. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { holds, type ProofRow } from './proof.ts'

const row = (changes: Partial<ProofRow>): ProofRow => ({
  ...{ name: 'a promise', n: 10, failures: 0, seconds: 0, seed: 0 },
  ...changes,
})

/** Ends as `main.ts` does, in a process of its own. */
function exitOf(rows: ProofRow[]): number | null {
  const module = JSON.stringify(new URL('./proof.ts', import.meta.url).href)
  const script = `const { prove } = await import(${module})
    await prove('test', async () => ${JSON.stringify(rows)})
    process.exit()`
  return spawnSync(process.execPath, ['--input-type=module', '-e', script]).status
}

test('a proof exits with 1 when one promise of it failed, was never tried, or there is none', () => {
  assert.equal(exitOf([row({}), row({ promised: 'no', failures: 3 })]), 0)
  assert.equal(exitOf([row({}), row({ failures: 1 })]), 1)
  assert.equal(exitOf([]), 1)
})

test('failures are borne only by what has a goal that is met, or is not promised', () => {
  const told: [Partial<ProofRow>, boolean][] = [
    [{ failures: 1 }, false],
    [{ n: 0 }, false],
    [{ failures: 1, goal: '95 % met' }, true],
    [{ failures: 1, goal: '95 % missed' }, false],
    [{ failures: 1, promised: 'no' }, true],
  ]
  for (const [changes, expected] of told) assert.equal(holds(row(changes)), expected, JSON.stringify(changes))
})

test('the runner hands the exit on: a proof that is tried no times fails', () => {
  const main = new URL('./main.ts', import.meta.url).pathname
  const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args]).status
  assert.equal(run('claims', '1', '7'), 0)
  assert.equal(run('claims', '0', '7'), 1)
})
