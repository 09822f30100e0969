/** Grants on a real ledger: one for each holder and version, under an id that nobody can compute, asked for once. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { parseModelId } from '@grimoire/schema/model-id'
import { CARD, NodeWorld, type TestWork } from '../fixture.ts'
import { openState, type State } from '../state.ts'
import { Grants } from './grants.ts'
import { Ledger, type Right } from './ledger.ts'

class CountingLedger extends Ledger {
  rights = 0
  serving = 0
  override mayOpen(...question: Parameters<Ledger['mayOpen']>): Promise<Right> {
    this.rights++
    return super.mayOpen(...question)
  }
  override requireServing(workId: string): Promise<void> {
    this.serving++
    return super.requireServing(workId)
  }
}

let world: NodeWorld
let works: TestWork[]
let ledger: CountingLedger
let state: State
const HOUR = 3_600
const now = () => Math.floor(Date.now() / 1000)

before(async () => {
  world = await NodeWorld.start()
  works = [await world.publish('chatbot', CARD), await world.publish('chatbot', CARD)]
  for (const work of works) await world.buy('holder', work)
  const { rpcUrl, addresses, accounts, operatorKey } = world.keys
  const operator = accounts.operator.address
  ledger = new CountingLedger({ rpcUrl, addresses, operator, sessionKey: operatorKey.publicKey })
  state = openState(join(world.keys.folder, 'grants'))
})
after(async () => {
  state?.close()
  await world?.stop()
})

async function give(grants: Grants, work: TestWork, role: 'holder' | 'creator', expiresAtSeconds: number) {
  const authSig = await world.signGrant(role, work, { expiresAtSeconds })
  return { authSig, answer: await grants.give(authSig, parseModelId(work.model)) }
}
const kept = () => state.prepare('SELECT id FROM grant_given').all().length

test('a holder’s many grants for a work are one, the one that lives longest, and outlive a restart under its id', async () => {
  const [work] = works
  assert.ok(work)
  const grants = new Grants(state, ledger)
  const first = await give(grants, work, 'holder', now() + HOUR)
  const longer = await give(grants, work, 'holder', now() + 2 * HOUR)
  const shorter = await give(grants, work, 'holder', now() + HOUR / 2)
  assert.ok(longer.answer.id)
  assert.deepEqual(shorter.answer, longer.answer)
  assert.equal(first.answer.id, longer.answer.id)
  assert.equal(kept(), 1)
  const again = new Grants(state, ledger)
  await again.load()
  const found = again.find(first.answer.holder, { workId: work.workId, version: 1 })
  assert.deepEqual([found.id, found.expiresAtSeconds], [longer.answer.id, longer.answer.expiresAtSeconds])
})

test('vouchers and grants on the disk are for the node’s own user only', () => {
  const folder = join(world.keys.folder, 'grants')
  for (const name of readdirSync(folder)) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600, name)
})

test('the id of a grant cannot be made from its signature, which key nodes see', async () => {
  const [work] = works
  assert.ok(work)
  const { authSig, answer } = await give(new Grants(state, ledger), work, 'holder', now() + HOUR + 1)
  const digest = createHash('sha256').update(authSig.sig.toLowerCase()).digest('hex')
  assert.ok(answer.id && !digest.includes(answer.id))
})

test('whoever brings a grant again, as a key node can that saw it, is not told its id, and leaves the id as it is', async () => {
  const [work] = works
  assert.ok(work)
  const grants = new Grants(state, ledger)
  await grants.load()
  const { authSig, answer } = await give(grants, work, 'holder', now() + 5 * HOUR)
  assert.ok(answer.id)
  const model = parseModelId(work.model)
  const { id: _, ...told } = answer
  assert.deepEqual(await grants.give(authSig, model), told)
  grants.end(answer.id)
  assert.deepEqual(await grants.give(authSig, model), told, 'nor is it when the grant has ended')
  assert.notEqual(grants.find(answer.holder, { workId: work.workId, version: 1 }).id, answer.id)
  await assert.rejects(grants.give({ ...authSig, sig: `0x${'11'.repeat(65)}` }, model))
})

test('beyond a holder’s share the grant that ends first is forgotten', async () => {
  const [first, second] = works
  assert.ok(first && second)
  const own = new DatabaseSync(':memory:')
  own.exec('CREATE TABLE grant_given (id TEXT PRIMARY KEY, a, b, c, d, auth_sig)')
  own.exec('CREATE TABLE grant_seen (text_sha256 TEXT PRIMARY KEY, expires_at_seconds)')
  const grants = new Grants(own, ledger, { maxPerHolder: 1 })
  await give(grants, first, 'holder', now() + HOUR)
  await give(grants, second, 'holder', now() + HOUR)
  const left = grants.versions().map(({ workId }) => workId)
  assert.deepEqual(left, [second.workId])
  own.close()
})

test('a sweep asks the chain once for each holder and work, and once for each work whether it is served', async () => {
  const grants = new Grants(state, ledger)
  await grants.load()
  for (const work of works) {
    await give(grants, work, 'holder', now() + HOUR)
    await give(grants, work, 'holder', now() + 3 * HOUR)
    await give(grants, work, 'creator', now() + HOUR)
  }
  ledger.rights = 0
  ledger.serving = 0
  const { standing, isSure } = await grants.standing()
  assert.deepEqual([standing.length, isSure], [4, true])
  assert.deepEqual([ledger.rights, ledger.serving], [4, 2])
})

test('the creator, whom the Gate always lets in, gets no answer from a node that the work does not admit', async () => {
  const closed = await world.publish('chatbot', CARD, { admit: false })
  await assert.rejects(give(new Grants(state, ledger), closed, 'creator', now() + HOUR), {
    code: 'not_admitted',
  })
})
