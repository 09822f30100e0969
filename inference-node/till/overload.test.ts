/** A node under ten times what it can answer: what it accepted it answers and charges, what it refused costs nothing. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { JournalReader } from '../journal-reader.ts'
import { logNothing } from '../log.ts'
import { type InferenceNode, startInferenceNode } from '../server.ts'
import { press } from './trial/load.ts'

const PLACES = 2
const QUEUE = 2
const CROWD = 20
let world: NodeWorld
let node: InferenceNode
let work: TestWork
const question = (maxTokens = 24) => ({
  model: work.model,
  messages: [{ role: 'user', content: 'Hello' }],
  max_tokens: maxTokens,
})
const directory = () => world.config('crowded').directory

before(async () => {
  world = await NodeWorld.start()
  work = await world.publish('chatbot', CARD)
  await world.buy('holder', work)
  const engine = { gpu: false, threads: 1, sequences: PLACES, queue: QUEUE } as const
  const limits = { turnsPerHolder: CROWD - 4 }
  node = await startInferenceNode(world.config('crowded', { engine, limits }), { log: logNothing })
  assert.equal((await world.grant(node.url, 'holder', work)).status, 201)
})
after(async () => {
  await node?.stop()
  await world?.stop()
})

const crowd = Array.from({ length: CROWD }, () => () => world.payer('holder'))

test('under ten times its load a node answers all that it accepted, refuses the rest by name, and its books agree', async () => {
  const payers = crowd.map(make => make())
  const load = await press(payers, node.url, question(), ({ accepted }) => accepted >= 2 * CROWD)
  assert.equal(load.lost, 0)
  const { node_busy = 0, ...others } = load.refused
  assert.ok(node_busy > 0, 'nobody was refused')
  // A place may go between a deposit and its turn: the payer's next voucher then has to be corrected once.
  assert.deepEqual(
    Object.keys(others).filter(code => code !== 'payment_refused'),
    [],
  )
  const books = JournalReader.open(directory())
  const { turns, earnedAtomic } = books.totals()
  const { held } = books.channels()
  books.close()
  assert.deepEqual(
    { turns, earnedAtomic, held },
    { turns: load.accepted, earnedAtomic: String(load.chargedAtomic), held: 0 },
  )
  // No place is held: as many as there are, and as may wait, are let in at the same moment.
  const most = await Promise.all(
    payers.slice(0, PLACES + QUEUE).map(payer => payer.ask(node.url, question())),
  )
  assert.deepEqual(
    most.map(({ status }) => status),
    Array(PLACES + QUEUE).fill(200),
  )
})

test('callers that leave in the middle of a crowd hold no place and no channel', async () => {
  const payers = crowd.slice(0, 6).map(make => make())
  for (let round = 0; round < 2; round++) {
    await Promise.all(payers.map(payer => payer.ask(node.url, question(300), { stopAfter: 1 })))
  }
  const load = await press(payers, node.url, question(), ({ accepted }) => accepted >= 12)
  assert.equal(load.lost, 0)
  const until = Date.now() + 20_000
  const held = () => {
    const books = JournalReader.open(directory())
    const channels = books.channels()
    books.close()
    return channels.held
  }
  while (held() > 0 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 100))
  assert.equal(held(), 0)
})

test('one holder cannot have more turns on their way than the operator lets them', async () => {
  const { Answering } = await import('../admission/answering.ts')
  const answering = new Answering(2)
  const grant = (holder: string) => ({ id: holder, holder }) as Parameters<typeof answering.begin>[0]
  const admit = (holder: string) => {
    const turn = answering.begin(grant(holder))
    turn.admit()
    return turn
  }
  const [first] = [admit('0xa'), admit('0xa')]
  assert.throws(
    () => admit('0xa'),
    error => isProblem(error, 'node_busy'),
  )
  admit('0xb')
  first?.done()
  admit('0xa')
})

test('a turn whose charge might exceed what may be unclaimed does not begin, and the node claims at once', async () => {
  const engine = { gpu: false, threads: 1 } as const
  const tight = await startInferenceNode(world.config('tight', { engine, maxUnclaimedAtomic: '3500' }), {
    log: logNothing,
  })
  try {
    assert.equal((await world.grant(tight.url, 'holder', work)).status, 201)
    const payer = world.payer('holder')
    const load = await press([payer], tight.url, question(), ({ accepted }) => accepted >= 4)
    assert.equal(load.lost, 0)
    const books = JournalReader.open(world.config('tight').directory)
    const claims = books.claims().filter(({ kind }) => kind === 'claim')
    books.close()
    assert.ok(claims.length > 0, 'nothing was claimed')
  } finally {
    await tight.stop()
  }
})
