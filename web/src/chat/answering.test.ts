/** When the way of an answer that was paid for may be forgotten, and when it has to be kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeptTurn } from '@grimoire/client/kept-turn'
import { Problem, type ProblemCode } from '@grimoire/schema/problem'
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import { type Answering, takeUp } from './answering.ts'
import { readUnderWay, type UnderWay, underWayKeeper } from './under-way.ts'

function shelfOf() {
  const kept = new Map<string, string>()
  const vault = {
    get: async (key: string) => kept.get(key),
    set: async (key: string, text: string) => void kept.set(key, text),
    delete: async (key: string) => void kept.delete(key),
  } as unknown as Vault // Safety: of a vault these are all that is asked here.
  const session: Session = {
    ...{ kind: 'play', id: 'ada', name: 'Ada' },
    address: '0x00000000000000000000000000000000000000aa',
  }
  return { vault, session, workId: '1', title: 'A fox', summary: '' }
}

/** Paid for, and not a word of it has come. */
const recordOf = (text = ''): UnderWay => ({
  ...{ conversationId: 'one', question: 'Who are you?', index: 0, at: 0 },
  turn: { turnId: 'turn', text } as KeptTurn,
})

async function takenUp(code: ProblemCode, text = '') {
  const shelf = shelfOf()
  const answering: Answering = {
    ...{ shelf, conversationId: 'one', temporary: false },
    spot: { question: 'Who are you?', index: 0, at: 0, before: [] },
    ...{ onAnswer: () => {}, onText: () => {}, onLine: () => {} },
  }
  const outcome = await takeUp(answering, () => Promise.reject(new Problem(code, {})), recordOf(text))
  await outcome.close()
  return { outcome, record: await readUnderWay(shelf) }
}

test('a paid answer that cannot be taken up now is kept, whatever stood in the way, and with no word of it yet', async () => {
  for (const code of ['wallet_refused', 'edge_unreachable', 'timed_out', 'node_unreachable'] as const) {
    const { outcome, record } = await takenUp(code)
    assert.deepEqual([outcome.goesOn, record?.turn.turnId], [true, 'turn'], code)
  }
})

test('it is forgotten when its machine no longer knows it, or its receipt was judged', async () => {
  for (const code of ['turn_unknown', 'receipt_invalid'] as const) {
    const { outcome, record } = await takenUp(code, 'A fox')
    assert.deepEqual([outcome.goesOn, record, outcome.got?.text], [false, null, 'A fox'], code)
  }
})

test('what is kept at the end is the newest that came, also when it was written at once', async () => {
  const shelf = shelfOf()
  const keeper = underWayKeeper(shelf)
  await keeper.keep(recordOf())
  await keeper.keep(recordOf('A'))
  const renamed = recordOf('A fox')
  await keeper.keep({ ...renamed, turn: { ...renamed.turn, turnId: 'other' } })
  await keeper.end(true)
  assert.equal((await readUnderWay(shelf))?.turn.text, 'A fox')
})
