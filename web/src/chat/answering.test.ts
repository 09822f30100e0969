/** When the way of an answer that was paid for may be forgotten, and when it has to be kept. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KeptTurn } from '@grimoire/client/kept-turn'
import { isProblem, Problem, type ProblemCode } from '@grimoire/schema/problem'
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import { type Answering, askFor, takeUp } from './answering.ts'
import { ask } from './asking.ts'
import { type Conversation, newConversation } from './conversation.ts'
import { giveUp } from './going-on.ts'
import { change, changeExchange, conversationOf } from './history.ts'
import { makeView } from './room-view.ts'
import { makeSeat } from './seat.ts'
import type { Shelf } from './shelf.ts'
import { setCap } from './spending.ts'
import { everyUnderWay, readUnderWay, type UnderWay, underWayKeeper } from './under-way.ts'

function shelfOf() {
  const kept = new Map<string, string>()
  const vault = {
    get: async (key: string) => kept.get(key),
    set: async (key: string, text: string) => void kept.set(key, text),
    delete: async (key: string) => void kept.delete(key),
    list: async (prefix: string) => [...kept].filter(([key]) => key.startsWith(prefix)),
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
  turn: { turnId: 'turn', text, maxAtomic: '12300', sentAtMs: 1 } as KeptTurn,
})

const answeringIn = (shelf: Shelf, conversationId: string, temporary = false): Answering => ({
  ...{ shelf, conversationId, temporary },
  spot: { question: 'Who are you?', index: 0, at: 0, before: [] },
  ...{ onAnswer: () => {}, onText: () => {}, onLine: () => {} },
})

async function takenUp(code: ProblemCode, text = '') {
  const shelf = shelfOf()
  const outcome = await takeUp(
    answeringIn(shelf, 'one'),
    () => Promise.reject(new Problem(code, {})),
    recordOf(text),
  )
  await outcome.close()
  return { outcome, record: await readUnderWay(shelf, 'one') }
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

test('one that was lost before its first word says what it costs all the same', async () => {
  const { outcome, record } = await takenUp('turn_unknown')
  assert.deepEqual([outcome.goesOn, record, outcome.error], [false, null, null])
  assert.match(outcome.got?.notice ?? '', /at most \$0\.0123\.$/)
})

test('asking takes nothing from an answer that broke off: not in another conversation, not in a temporary one, not when it fails', async () => {
  const shelf = shelfOf()
  await underWayKeeper(shelf, 'one').keep(recordOf('A fox'))
  const other = underWayKeeper(shelf, 'two')
  await other.keep({ ...recordOf('A hen'), conversationId: 'two' })
  assert.equal((await everyUnderWay(shelf)).length, 2)
  await other.end(false)
  for (const [id, temporary] of [
    ['two', false] as const,
    ['three', true] as const,
    ['one', false] as const,
  ]) {
    const refused = () => Promise.reject(new Problem('wallet_refused', {}))
    await (await askFor(answeringIn(shelf, id, temporary), refused, false)).close()
    assert.deepEqual(await everyUnderWay(shelf), [recordOf('A fox')], id)
  }
})

test('when the day’s cap is spent no machine and no wallet is asked', async () => {
  const shelf = shelfOf()
  await setCap(shelf, 0n)
  let opened = 0
  const line = () => {
    opened += 1
    return Promise.reject(new Problem('node_unreachable', {}))
  }
  const { error, got, goesOn } = await askFor(answeringIn(shelf, 'one'), line, false)
  assert.ok(isProblem(error, 'cap_reached'))
  assert.deepEqual([got, goesOn, opened], [null, false, 0])
})

test('one that its holder gives up keeps its words and says what it costs; nothing of it is asked for again', async () => {
  const shelf = shelfOf()
  const first = { text: 'A hen.', end: 'whole' } as const
  const before: Conversation = {
    ...{ ...newConversation(), id: 'one' },
    exchanges: [{ question: 'Who are you?', answers: [first], shown: 0 }],
  }
  const underWay = { ...recordOf('A fox'), at: 1 }
  await change(shelf, before, () => before)
  await underWayKeeper(shelf, 'one').keep(underWay)
  const view = makeView({ shelf, before: [before], underWay: null })
  const desk = { shelf, view, seat: makeSeat(view), asked: underWay, answer: null }
  await giveUp(desk)
  const kept = await conversationOf(shelf, 'one')
  assert.deepEqual(view.state.conversation, kept)
  const [{ answers, shown } = { answers: [], shown: 0 }] = kept?.exchanges ?? []
  assert.deepEqual([answers[0], shown, answers[1]?.text, answers[1]?.end], [first, 1, 'A fox', 'broken'])
  assert.match(answers[1]?.notice ?? '', /gave this answer up.*at most \$0\.0123\.$/)
  assert.deepEqual([await everyUnderWay(shelf), view.state.cutOff], [[], null])
})

test('what is kept at the end is the newest that came, also when it was written at once', async () => {
  const shelf = shelfOf()
  const keeper = underWayKeeper(shelf, 'one')
  await keeper.keep(recordOf())
  await keeper.keep(recordOf('A'))
  const renamed = recordOf('A fox')
  await keeper.keep({ ...renamed, turn: { ...renamed.turn, turnId: 'other' } })
  await keeper.end(true)
  assert.equal((await readUnderWay(shelf, 'one'))?.turn.text, 'A fox')
})

test('a question that would go past another tab’s broken answer goes back to whoever asked it, and that answer is shown', async () => {
  const shelf = shelfOf()
  const whole: Conversation = {
    ...{ ...newConversation(), id: 'one' },
    exchanges: [{ question: 'Who are you?', answers: [{ text: 'A fox', end: 'broken' }], shown: 0 }],
  }
  await change(shelf, whole, () => whole)
  await underWayKeeper(shelf, 'one').keep(recordOf('A fox'))
  const view = makeView({ shelf, before: [{ ...whole, exchanges: [] }], underWay: null })
  const asked = { question: '', index: 0, at: 0 }
  const desk = { shelf, view, seat: makeSeat(view), asked, answer: null }
  assert.equal(await ask(desk, 'And now?', 1n), false)
  const { conversation, writing, cutOff, live } = view.state
  assert.deepEqual([conversation, writing, cutOff, live], [whole, 'And now?', recordOf('A fox'), null])
  assert.deepEqual(await everyUnderWay(shelf), [recordOf('A fox')])
})

test('two tabs that write in one conversation at once, each from what it knew, lose nothing of each other', async () => {
  const shelf = shelfOf()
  const said = (question: string) =>
    ({ question, answers: [{ text: 'A fox', end: 'whole' }], shown: 0 }) as const
  const exchangeOf = (question: string) => ({ ...said(question), answers: [...said(question).answers] })
  const before: Conversation = { ...newConversation(), id: 'one', exchanges: [exchangeOf('Who are you?')] }
  await change(shelf, before, () => before)
  // Both tabs still show what was said before.
  const open = { conversation: before, temporary: false }
  await Promise.all([
    changeExchange(shelf, open, 1, () => exchangeOf('And now?')),
    change(shelf, before, kept => ({ ...kept, name: 'Foxes', pinned: true })),
    changeExchange(shelf, open, 0, kept => (kept ? { ...kept, shown: 0, question: 'Who?' } : null)),
  ])
  assert.deepEqual(await conversationOf(shelf, 'one'), {
    ...{ ...before, name: 'Foxes', pinned: true },
    exchanges: [exchangeOf('Who?'), exchangeOf('And now?')],
  })
})
