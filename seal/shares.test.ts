/** Which reason is given when too few shares come, and that waiting ends as soon as it can. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Failure, gatherShares, reasonOf } from './shares.ts'

const failure = (kind: Failure['kind'], more: Partial<Failure> = {}): Failure => ({
  url: 'http://127.0.0.1:1',
  kind,
  code: kind,
  message: kind,
  ...more,
})
const refused = (problem: Failure['problem'] = 'network_refused'): Failure => failure('refused', { problem })
const never = new Promise<string>(() => {})

test('as many refusals as could have opened are a refusal, with the code that most nodes gave', () => {
  assert.equal(reasonOf([refused(), refused()], 3, 0, 2).code, 'network_refused')
  const agreed = [refused('grant_revoked'), refused('grant_revoked'), refused('grant_expired')]
  assert.equal(reasonOf(agreed, 3, 0, 2).code, 'grant_revoked')
})

test('one refusal beside a dead node and a good share is too few nodes, not a refusal', () => {
  const problem = reasonOf([refused(), failure('unreachable')], 3, 1, 2)
  assert.equal(problem.code, 'network_too_few_nodes')
  assert.equal(problem.details.got?.toString().startsWith('1 of 3 nodes'), true)
})

test('a refusal is believed when nobody else answers', () => {
  assert.equal(reasonOf([refused(), failure('unreachable')], 2, 0, 2).code, 'network_refused')
})

test('lies are named before missing nodes', () => {
  assert.equal(reasonOf([failure('lying'), failure('unreachable')], 3, 1, 2).code, 'network_lying')
})

test('the first shares that are enough are taken while others hang', async () => {
  const result = await gatherShares([never, Promise.resolve('a'), Promise.resolve('b')], 2)
  assert.deepEqual(result, { success: true, values: ['a', 'b'] })
})

test('waiting ends when enough shares cannot come any more, and with no nodes at all', async () => {
  const lost = await gatherShares([never, Promise.reject(refused()), Promise.reject(refused())], 2)
  assert.equal(lost.success, false)
  assert.equal((await gatherShares([], 2)).success, false)
})
