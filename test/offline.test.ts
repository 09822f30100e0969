/** Nothing reaches a network after the install: the demo runs to its end where there is only loopback. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

const DEMO = join(import.meta.dirname, '..', 'devnet', 'demo.ts')
/** A network namespace of its own, with nothing in it but loopback; as root or as an unprivileged user. */
const ISOLATED = ['unshare', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$0" "$@"']

function run(command: string[]) {
  const [program = '', ...args] = command
  return spawnSync(program, args, {
    encoding: 'utf8',
    timeout: 150_000,
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  })
}

test('the demo walks the whole path without a network, and its last line adds up', t => {
  const isolates = run([...ISOLATED, 'true']).status === 0
  if (isolates) {
    const reach = run([
      ...ISOLATED,
      process.execPath,
      '-e',
      "fetch('http://192.0.2.1/').catch(e => console.log(e.cause.code))",
    ])
    assert.match(
      reach.stdout,
      /ENETUNREACH/,
      'the namespace reaches a network, so the run would prove nothing',
    )
  } else t.diagnostic('this system makes no network namespace: the path is proved here, its isolation is not')
  const { stdout, stderr, status } = run([...(isolates ? ISOLATED : []), process.execPath, DEMO])
  assert.equal(status, 0, stderr)
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
  assert.equal(summary.works, 2)
  assert.equal(summary.sellerRefused, true)
  assert.equal(summary.buyerAnswered, true)
  assert.equal(summary.openedPromptMatches, true)
  assert.equal(summary.walletSignatures, 2)
  assert.equal(summary.keyNodes, 3)
  assert.equal(summary.threshold, 2)
  const parts = [
    'creatorRoyaltyAtomic',
    'parentsRoyaltyAtomic',
    'restingAtomic',
    'operatorFeeAtomic',
    'protocolFeeAtomic',
  ]
  const sum = parts.reduce((total, name) => total + BigInt(summary[name]), 0n)
  assert.equal(sum, BigInt(summary.paidAtomic))
  assert.ok(BigInt(summary.resaleRoyaltyAtomic) > 0n)
  assert.ok(summary.answer.length > 0 && summary.answerTokens > 0)
})
