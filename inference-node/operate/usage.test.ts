/** A slip in a flag: named before the chain or a file is asked, with exit code 2; and the version, for whoever reports one. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { EXIT, fail } from './exit.ts'
import { register, unbond, withdraw } from './owner.ts'
import { why } from './why.ts'

const nowhere = { config: '/nowhere/node.toml', json: false }

test('what is no address, no key or no number of days is wrong usage, and said as it was given', async context => {
  context.mock.method(process.stderr, 'write', () => true)
  const slips: [Promise<void>, string][] = [
    [unbond({ ...nowhere, withdraw: true, to: 'nonsense' }), '--to nonsense'],
    [withdraw({ ...nowhere, to: '0x12' }), '--to 0x12'],
    [register({ ...nowhere, paymentAddress: 'nonsense' }), '--payment-address nonsense'],
    [register({ ...nowhere, sessionKey: '0x12' }), '--session-key 0x12'],
    [why({ ...nowhere, days: 'abc' }), '--days abc'],
    [why({ ...nowhere, days: '0' }), '--days 0'],
  ]
  for (const [ran, got] of slips) {
    const error = await ran.then(
      () => null,
      (reason: unknown) => reason,
    )
    assert.ok(isProblem(error, 'usage_invalid') && error.message.includes(got), String(error))
    assert.equal(fail(error, false), EXIT.usage)
  }
})

test('--version prints the version of the package', () => {
  const main = join(import.meta.dirname, '../main.ts')
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  const { status, stdout } = spawnSync(process.execPath, [main, '--version'], { encoding: 'utf8' })
  assert.deepEqual([status, stdout], [0, `${version}\n`])
})
