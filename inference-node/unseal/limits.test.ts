/** What strangers' works may cost a node: nothing for one it may not serve, and never more bytes than were declared. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { CARD, NodeWorld } from '../fixture.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { post } from '../till/fixture.ts'
import { blobsFrom } from './blobs.ts'

let world: NodeWorld
let node: InferenceNode
before(async () => {
  world = await NodeWorld.start()
  node = await startInferenceNode(world.config('node', { maxWorkBytes: 65_536 }), { log: logNothing })
})
after(async () => {
  await node?.stop()
  await world?.stop()
})
const codeAt = async (path: string) => (await (await fetch(node.url + path)).json()).code

test('nothing is fetched of a work that does not admit the node, by quote, model or chat', async () => {
  const { model } = await world.publish('chatbot', CARD, { admit: false })
  const name = encodeURIComponent(model)
  assert.equal(await codeAt(`/v1/quotes?model=${name}`), 'not_admitted')
  assert.equal(await codeAt(`/v1/models/${name}`), 'not_admitted')
  const asked = await post(node.url, { model, messages: [{ role: 'user', content: 'Hello' }] }, {})
  assert.equal((await asked.json()).code, 'not_admitted')
  assert.deepEqual(world.fetched, [])
})

test('a work that is larger than the node takes is refused by its manifest, which is fetched once for many who ask', async () => {
  const large = await world.publish('chatbot', CARD.replace('You are', `You are ${'very '.repeat(20_000)}`))
  const path = `/v1/quotes?model=${encodeURIComponent(large.model)}`
  const codes = await Promise.all([codeAt(path), codeAt(path), codeAt(path)])
  assert.deepEqual([...codes, await codeAt(path)], Array(4).fill('manifest_invalid'))
  assert.equal(world.fetched.length, 1)
})

test('an edge that sends without an end is left at the limit, and the next one is asked', async () => {
  let sent = 0
  const endless = createServer((_, response) => {
    const more = () => {
      sent += 65_536
      if (sent < 64 * 1024 ** 2 && !response.destroyed) response.write(Buffer.alloc(65_536), more)
      else response.end()
    }
    more()
  })
  const right = Buffer.from('the right bytes')
  const honest = createServer((_, response) => response.end(right))
  for (const server of [endless, honest]) {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  }
  const urlOf = (server: typeof honest) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sha256 = createHash('sha256').update(right).digest('hex')
  const fetchBlob = blobsFrom([urlOf(endless), urlOf(honest)])
  assert.deepEqual(Buffer.from((await fetchBlob(sha256, 64)) ?? []), right)
  assert.ok(sent < 16 * 1024 ** 2, `${sent} bytes were taken`)
  assert.equal(await fetchBlob(sha256, right.length - 1), null)
  for (const server of [endless, honest]) {
    server.closeAllConnections()
    server.close()
  }
})

test('works beyond the memory that a node gives them make room, the one that was idle longest first', async () => {
  const card = CARD.replace('You are', `You are ${'very '.repeat(8_000)}`)
  const works = [await world.publish('prompt', card), await world.publish('prompt', card)]
  const config = world.config('small', { maxOpenBytes: 65_536 })
  const small = await startInferenceNode(config, { log: logNothing })
  const warm = async (model: string) =>
    (await (await fetch(`${small.url}/v1/quotes?model=${encodeURIComponent(model)}`)).json()).quote.warm
  for (const work of works) {
    await world.buy('holder', work)
    assert.equal((await world.grant(small.url, 'holder', work)).status, 201)
    await world
      .payer('holder')
      .ask(small.url, { model: work.model, messages: [{ role: 'user', content: 'Hi' }] })
    assert.equal(await warm(work.model), true)
  }
  assert.equal(await warm(works[0]?.model ?? ''), false)
  await small.stop()
})
