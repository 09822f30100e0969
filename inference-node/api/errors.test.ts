/** Every refusal of the table as the unmodified `openai` client reads it: its own class, with code, field and mend. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Problem, type ProblemCode, problemResponse, problems } from '@grimoire/schema/problem'
import OpenAI from 'openai'
import { Chunks, STREAM_HEADERS } from './wire.ts'

function isOfItsClass(error: unknown, status: number): boolean {
  if (status === 400) return error instanceof OpenAI.BadRequestError
  if (status === 401) return error instanceof OpenAI.AuthenticationError
  if (status === 403) return error instanceof OpenAI.PermissionDeniedError
  if (status === 404) return error instanceof OpenAI.NotFoundError
  if (status === 409) return error instanceof OpenAI.ConflictError
  if (status === 422) return error instanceof OpenAI.UnprocessableEntityError
  if (status === 429) return error instanceof OpenAI.RateLimitError
  // 402, 405, 410 and 413 have no class of their own.
  return status >= 500 ? error instanceof OpenAI.InternalServerError : error instanceof OpenAI.APIError
}

const client = (answer: () => Response) =>
  new OpenAI({
    baseURL: 'http://node.invalid/v1',
    apiKey: 'none',
    maxRetries: 0,
    fetch: async () => answer(),
  })
const ask = { model: 'm', messages: [{ role: 'user' as const, content: 'Hello' }] }

async function thrown(asked: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> {
  const error = await asked.then(
    () => null,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof OpenAI.APIError)
  return error
}

test('each row becomes the client’s class for its status, and keeps its code, its field and what to do', async () => {
  for (const [code, { status, mend }] of Object.entries(problems)) {
    const problem = new Problem(code as ProblemCode, { param: 'messages' }) // Safety: a key of the table.
    const error = await thrown(client(() => problemResponse(problem)).chat.completions.create(ask))
    assert.ok(isOfItsClass(error, status), `${code}: ${error.constructor.name}`)
    assert.deepEqual([error.status, error.code, error.param], [status, code, 'messages'])
    assert.ok(error.message.includes(mend), code)
  }
})

test('a failure in the middle of a stream reaches the client’s reader, after the text that came before it', async () => {
  const chunks = new Chunks({ id: 'chatcmpl-1', created: 1, model: 'm' }, { includeUsage: false })
  const events = [
    chunks.opening(),
    chunks.piece({ text: 'So far' }),
    ...chunks.failed(new Problem('engine_failed')),
  ]
  const fail = () =>
    new Response(events.map(data => `data: ${data}\n\n`).join(''), { headers: STREAM_HEADERS })
  const stream = await client(fail).chat.completions.create({ ...ask, stream: true })
  let text = ''
  const read = async () => {
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? ''
  }
  const error = await thrown(read())
  assert.deepEqual([text, error.code], ['So far', 'engine_failed'])
})
