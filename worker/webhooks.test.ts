/** Webhooks: a creator is told of every sale, signed, again until it is heard, and told also when the chain takes it back. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { deliveriesPage, openedWebhook, webhookEvent, webhooksAnswer } from '@grimoire/schema/webhook'
import { indexNow, json, people, post, startWorld, type World } from './fixture.ts'
import { buyEditions, publishWork, signedInAs } from './seed.ts'

const { creator, holder, stranger } = people
type Heard = { headers: IncomingHttpHeaders; text: string }
const heard: Heard[] = []
let status = 204
/** An answer waits for this. */
let held: () => Promise<void> | undefined = () => undefined
const ear = createServer(async (request, response) => {
  let text = ''
  for await (const piece of request) text += piece
  heard.push({ headers: request.headers, text })
  await held()
  response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end()
})
let world: World
let workId = ''
let url = ''
let asCreator: Record<string, string>
before(async () => {
  world = await startWorld({ writesPerMinute: 100_000 })
  ear.listen(0, '127.0.0.1')
  await once(ear, 'listening')
  url = `http://127.0.0.1:${(ear.address() as AddressInfo).port}/sales` // Safety: it listens on a port.
  workId = (await publishWork(world, { salt: 'told of' })).workId
  await buyEditions(world, holder, workId)
  await indexNow(world.edge)
  asCreator = await signedInAs(world, creator)
})
after(async () => {
  await world.stop()
  ear.close()
  ear.closeAllConnections()
})

const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) => {
  const init = body === undefined ? { method } : post(body)
  return json(world.edge, path, { ...init, headers: { ...headers, ...init.headers } })
}
const make = async () => {
  const { body } = await send('POST', '/v1/webhooks', asCreator, { url })
  return openedWebhook.parse(body)
}
const deliveriesOf = async (webhookId: string, headers = asCreator) =>
  deliveriesPage.parse((await send('GET', `/v1/webhooks/${webhookId}/deliveries`, headers)).body).deliveries
const signedRightly = ({ headers, text }: Heard, secret: string) => {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`
  return headers['webhook-signature'] === `v1,${createHmac('sha256', key).update(signed).digest('base64')}`
}
/** As if the pause were over. */
const moveNext = async (to: string) => {
  const db = await world.edge.database()
  await db.prepare(`UPDATE deliveries SET next_attempt_at = ${to} WHERE next_attempt_at IS NOT NULL`).run()
}
const laterNow = async () => {
  await moveNext('1')
  await world.edge.tick()
}

test('a sale is told once it is indexed, signed; what is not heard is told again under the same id, and given up in the end', async () => {
  const { webhookId, secret } = await make()
  status = 500
  await buyEditions(world, holder, workId, 2)
  await indexNow(world.edge)
  await world.edge.tick()
  assert.equal(heard.length, 1, 'and the sale before the webhook was made is not told')
  await moveNext('next_attempt_at + 3600')
  await world.edge.tick()
  assert.equal(heard.length, 1, 'not before the pause is over')
  assert.deepEqual(
    (await deliveriesOf(webhookId)).map(row => [row.state, row.attempts, row.lastStatus]),
    [['waiting', 1, 500]],
  )
  status = 302
  await laterNow()
  status = 204
  await laterNow()
  await laterNow()
  assert.equal(heard.length, 3)
  assert.equal(new Set(heard.map(({ headers }) => headers['webhook-id'])).size, 1)
  assert.ok(heard.every(one => signedRightly(one, secret)))
  const { type, data } = webhookEvent.parse(JSON.parse(heard[0]?.text ?? ''))
  assert.deepEqual(
    [type, data.kind, data.workId, data.quantity, data.costAtomic],
    ['sale', 'mint', workId, 2, '10000000'],
  )
  const [row] = await deliveriesOf(webhookId)
  assert.deepEqual(
    [row?.state, row?.attempts, row?.lastStatus, row?.nextAttemptAtSeconds],
    ['delivered', 3, 204, null],
  )
  status = 500
  await buyEditions(world, holder, workId)
  await indexNow(world.edge)
  for (let at = 0; at < 9; at++) await laterNow()
  const [dead] = await deliveriesOf(webhookId)
  assert.deepEqual([dead?.state, dead?.attempts, heard.length], ['dead', 8, 11])
  await send('DELETE', `/v1/webhooks/${webhookId}`, asCreator)
})

test('a sale that the chain takes back is taken back by name', async () => {
  status = 204
  heard.length = 0
  const { webhookId, secret } = await make()
  const id = await world.testClient.snapshot()
  await buyEditions(world, stranger, workId)
  await indexNow(world.edge)
  await world.edge.tick()
  await world.testClient.revert({ id })
  await world.testClient.mine({ blocks: 5, interval: 7 })
  await indexNow(world.edge)
  await world.edge.tick()
  const [sale, undone] = heard.map(({ text }) => webhookEvent.parse(JSON.parse(text)))
  assert.deepEqual([heard.length, sale?.type, undone?.type], [2, 'sale', 'sale.reverted'])
  assert.equal(undone?.data.reverts, heard[0]?.headers['webhook-id'])
  assert.equal(undone?.data.transaction, sale?.data.transaction)
  assert.ok(heard.every(one => signedRightly(one, secret)))
  await send('DELETE', `/v1/webhooks/${webhookId}`, asCreator)
})

test('six deliveries are on their way at once: none that waits for its turn runs out of time', async () => {
  status = 204
  heard.length = 0
  const { webhookId } = await make()
  for (let at = 0; at < 8; at++) await buyEditions(world, holder, workId)
  await indexNow(world.edge)
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  let [open, most] = [0, 0]
  held = async () => {
    most = Math.max(most, ++open)
    if (open === 6) setTimeout(release, 200) // So that a seventh, if there were one, would be here.
    await released
    open--
  }
  await world.edge.tick()
  held = () => undefined
  const told = (await deliveriesOf(webhookId)).map(row => [row.state, row.attempts])
  assert.deepEqual(told, Array(8).fill(['delivered', 1]))
  assert.equal(most, 6)
  await send('DELETE', `/v1/webhooks/${webhookId}`, asCreator)
})

test('a webhook is its wallet’s own, five at most; addresses inside of networks are refused, and removing one ends it', async () => {
  const asStranger = await signedInAs(world, stranger)
  const mine = []
  const asked = Array.from({ length: 9 }, () => send('POST', '/v1/webhooks', asCreator, { url }))
  for (const answer of await Promise.all(asked)) {
    if (answer.status === 200) mine.push(openedWebhook.parse(answer.body))
    else assert.equal(answer.body.code, 'webhooks_full')
  }
  assert.equal(mine.length, 5)
  const listed = webhooksAnswer.parse((await send('GET', '/v1/webhooks', asCreator)).body).webhooks
  assert.deepEqual(listed.map(one => one.webhookId).sort(), mine.map(one => one.webhookId).sort())
  assert.ok(!JSON.stringify(listed).includes('whsec_'))
  assert.deepEqual((await send('GET', '/v1/webhooks', asStranger)).body.webhooks, [])
  const [first] = mine
  assert.ok(first)
  const path = `/v1/webhooks/${first.webhookId}`
  assert.equal((await send('GET', `${path}/deliveries`, asStranger)).body.code, 'not_found')
  assert.equal((await send('DELETE', path, asStranger)).body.removed, false)
  assert.equal((await send('DELETE', path, asCreator)).body.removed, true)
  assert.equal((await send('GET', `${path}/deliveries`, asCreator)).body.code, 'not_found')
  for (const bad of [
    'http://shop.example.com/',
    'https://10.0.0.1/',
    'https://a@shop.com/',
    'https://localhost.internal/',
    'ftp://shop.com',
  ]) {
    assert.equal(
      (await send('POST', '/v1/webhooks', asCreator, { url: bad })).body.code,
      'endpoint_refused',
      bad,
    )
  }
  for (const body of [{}, { url: 7 }, { url, secret: 'mine' }]) {
    assert.equal((await send('POST', '/v1/webhooks', asCreator, body)).body.code, 'request_invalid')
  }
  assert.equal((await send('POST', '/v1/webhooks', {}, { url })).body.code, 'session_missing')
})
