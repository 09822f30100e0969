/** What a program reads of an answer that its operator cut: OpenAI's word, and our sentence. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem } from '@grimoire/schema/problem'
import type { TurnResult } from '../turn.ts'
import { streamedAnswer, wholeAnswer } from './wire.ts'

const why = new Problem('recital_stopped')
const result = {
  ...{ text: 'I am', calls: [], usage: null, finishReason: 'content_filter', notice: why, chargedAtomic: 7n },
  ...{ receipt: { operator: '0x1', inputTokens: 1, outputTokens: 2 }, receiptSignature: '0x2', timings: {} },
} as unknown as TurnResult // Safety: all that an answer is written from.

async function* said() {
  yield result.text
}
const begun = () => ({ model: 'm', texts: said(), result: Promise.resolve(result) })

test('an answer that was cut says why, whole and streamed', async () => {
  const { choices, grimoire } = await (await wholeAnswer(begun())).json()
  assert.deepEqual([choices[0].message.refusal, choices[0].finish_reason], [why.message, 'content_filter'])
  assert.equal(grimoire.notice.code, why.code)
  const answer = streamedAnswer(begun(), { includeUsage: false, gone: new AbortController() })
  const chunks = (await answer.text())
    .split('\n\n')
    .filter(line => line.startsWith('data: {'))
    .map(line => JSON.parse(line.slice(6)))
  const last = chunks.at(-1)
  assert.deepEqual([last.choices[0].delta.refusal, last.grimoire.notice.code], [why.message, why.code])
})
