/** A stream is read the same however it is cut, and an answer without a receipt is no answer. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProblem, Problem, toProblemBody } from '@grimoire/schema/problem'
import { allOf } from './fixture.ts'
import { readAnswer, readChunks } from './read-answer.ts'
import { serverEvents } from './sse.ts'

const cut = (text: string, size: number): ReadableStream<Uint8Array> => {
  const bytes = new TextEncoder().encode(text)
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(at, at + size))
      at += size
    },
  })
}

test('events come out whole for every way the network cuts them, with any line ending', async () => {
  for (const end of ['\n', '\r\n', '\r']) {
    const text = [
      ': ping',
      '',
      'id: 4',
      'data: añ😀',
      'data: two',
      '',
      'event: x',
      'data:{"a":1}',
      '',
      '',
    ].join(end)
    for (const size of [1, 2, 3, 7, 1000]) {
      const events = await allOf(serverEvents(cut(text, size)))
      const expected = [{ comment: 'ping' }, { data: 'añ😀\ntwo', id: '4' }, { data: '{"a":1}' }]
      assert.deepEqual(events, expected, `${JSON.stringify(end)} cut at ${size}`)
    }
  }
})

const chunk = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`

test('an answer that ends without a receipt is refused after its text', async () => {
  const texts: string[] = []
  await assert.rejects(
    async () => {
      for await (const event of readAnswer(cut(`${chunk('one')}${chunk(' two')}data: [DONE]\n\n`, 5)))
        if (event.type === 'text') texts.push(event.text)
    },
    (error: unknown) => isProblem(error, 'receipt_invalid'),
  )
  assert.deepEqual(texts, ['one', ' two'])
})

test('an error inside a stream is the Problem that the node named', async () => {
  const body = JSON.stringify(toProblemBody(new Problem('engine_failed')))
  await assert.rejects(
    () => allOf(readAnswer(cut(`${chunk('one')}data: ${body}\n\n`, 9))),
    (error: unknown) => isProblem(error, 'engine_failed'),
  )
})

test('why a node cut an answer comes to whoever asked: its own notice, or at least OpenAI’s refusal', async () => {
  const why = new Problem('recital_stopped')
  const chunk = (rest: object) =>
    `data: ${JSON.stringify({ choices: [{ delta: { refusal: why.message }, finish_reason: 'content_filter' }], ...rest })}\n\n`
  for (const grimoire of [{ notice: toProblemBody(why) }, {}]) {
    const events = await allOf(readChunks(cut(`${chunk({ grimoire })}data: [DONE]\n\n`, 50)))
    const end = events.at(-1)
    assert.ok(end?.type === 'end')
    assert.deepEqual([end.notice?.code, end.finishReason], ['recital_stopped', 'content_filter'])
  }
})
