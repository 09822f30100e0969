/** Names of works and problems on the wire. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatModelId, parseModelId } from './model-id.ts'
import { fromProblemBody, isProblem, Problem, problems, toProblemBody } from './problem.ts'

const works = '0x5FbDB2315678afecb367f032d93F642f64180aa3'

test('a model name reads back to what it was made of', () => {
  for (const id of [
    { chainId: 31337, works, workId: '7' } as const,
    { chainId: 8453, works, workId: String(2n ** 256n - 1n), version: 3 } as const,
  ]) {
    assert.deepEqual(parseModelId(formatModelId(id)), id)
  }
})

test('a name that is not ours is refused with what was got and what is expected', () => {
  for (const name of [
    'gpt-5',
    'grimoire:1:0x0:7',
    `grimoire:1:${works}:0`,
    `grimoire:1:${works}:${2n ** 256n}`,
  ]) {
    assert.throws(
      () => parseModelId(name),
      error =>
        isProblem(error, 'model_id_invalid') &&
        error.message.includes(name.slice(0, 40)) &&
        error.message.includes('<workId>'),
    )
  }
})

test('a problem crosses the wire with its code, status, retry and mend, in both forms of body', () => {
  const sent = new Problem('not_holder', { got: '0xabc', expected: 'a holder of work 7' })
  const body = JSON.parse(JSON.stringify(toProblemBody(sent)))
  assert.equal(body.error.code, 'not_holder')
  assert.equal(body.error.type, 'permission_error')
  const read = fromProblemBody(body)
  assert.ok(isProblem(read, 'not_holder'))
  assert.equal(read.message, sent.message)
  assert.equal(read.status, 403)
  assert.equal(fromProblemBody({ code: 'toString' }), null)
})

test('every row of the error table is one sentence and one mend', () => {
  for (const [code, row] of Object.entries(problems)) {
    assert.match(code, /^[a-z_]+$/)
    assert.match(row.title, /^[A-Z].*\.$/, code)
    assert.match(row.mend, /^[A-Z].*\.$/, code)
    assert.ok(row.status >= 400 && row.status < 600, code)
  }
})
