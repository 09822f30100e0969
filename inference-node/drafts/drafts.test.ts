/** Drafts on a real engine: bounded, checked before native code, second to whoever pays, counted across restarts, wiped. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, mock, test } from 'node:test'
import type { DraftContent } from '@grimoire/schema/draft'
import { isProblem, type ProblemCode } from '@grimoire/schema/problem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { composed } from '../api/composed.ts'
import { ENGINE_DEFAULTS, Engine } from '../engine/engine.ts'
import { randomAdapter, randomBase } from '../engine/random-gguf.ts'
import { HiddenText } from '../guard/hidden.ts'
import { logNothing } from '../log.ts'
import { openState, type State } from '../state.ts'
import { Allowance } from './allowance.ts'
import { answerDraft } from './answer.ts'
import { type Draft, Drafts } from './drafts.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-drafts-'))
const ANN = '0x00000000000000000000000000000000000000a1'
const BEN = '0x00000000000000000000000000000000000000b2'
const LIMITS = { turnsPerDay: 3, turnsPerDayInAll: 4, maxBytes: 200_000 }
let engine: Engine
let state: State
let drafts: Drafts
let salts = 0

before(async () => {
  const modelPath = join(directory, 'base.gguf')
  writeFileSync(modelPath, randomBase({ contextTokens: 512 }))
  const options = { gpu: false as const, threads: 1, sequences: 1, openWorks: 2 }
  engine = await Engine.start({ ...ENGINE_DEFAULTS, ...options, modelPath })
  state = openState(join(directory, 'state'))
  drafts = new Drafts({ limits: LIMITS, state, engine, log: logNothing })
})
after(async () => {
  drafts?.stop()
  state?.close()
  await engine?.stop()
  rmSync(directory, { recursive: true })
})

const card = (text = 'You are Mira.') =>
  JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data: { name: 'Mira', system_prompt: text } })

function content(adapter?: Uint8Array, text?: string): DraftContent {
  const salt = `0x${String(++salts).padStart(64, '0')}` as const
  if (!adapter) return { kind: 'chatbot', card: card(text), salt }
  const sha256 = createHash('sha256').update(adapter).digest('hex')
  return { kind: 'chatbot', card: card(text), salt, adapter: { sha256, sizeBytes: adapter.length } }
}

const refused = (act: () => unknown, code: ProblemCode) =>
  assert.rejects(
    async () => act(),
    (error: unknown) => isProblem(error, code) || assert.fail(String(error)),
  )

const hello = [{ role: 'user' as const, content: 'Hello there' }]
const request = { model: 'draft', messages: hello, max_tokens: 400, temperature: 0 }

async function answer(draft: Draft, deliver: Parameters<typeof answerDraft>[2] = () => {}) {
  const account = privateKeyToAccount(generatePrivateKey())
  const knowledge = await draft.files.knowledge
  const told = await composed(engine, { behaviour: draft.behaviour, knowledge }, request)
  // Safety: these are what an answer is made with; the rest of a node is not asked.
  const parts = { engine, drafts, operator: BEN, base: { name: 'random', sha256: '1'.repeat(64) } } as const
  const ledger = { options: { addresses: { chainId: 1, works: ANN } } }
  const all = { ...parts, ledger, payer: { account }, log: logNothing } as unknown as Parameters<
    typeof answerDraft
  >[0]
  const gone = new AbortController().signal
  return answerDraft(all, { draft, body: request, told, gone }, deliver)
}

test('turns are counted for a wallet and for all, across restarts, and begin anew the next day', () => {
  let now = Date.parse('2030-01-01T12:00:00Z')
  const fresh = () => new Allowance(state, LIMITS, () => now)
  const spent = (wallet: string) => {
    try {
      fresh().take(wallet)
      return false
    } catch (error) {
      assert.ok(isProblem(error, 'drafts_spent'))
      assert.deepEqual(error.details.extra, { retryAfterSeconds: 12 * 3_600 })
      return true
    }
  }
  assert.deepEqual(
    [1, 2, 3, 4].map(() => spent(ANN)),
    [false, false, false, true],
  )
  fresh().take(BEN)()
  assert.deepEqual(
    [spent(BEN), spent(BEN)],
    [false, true],
    'a failed turn was given back, all of the day are four',
  )
  now += 86_400_000
  assert.equal(fresh().left(ANN), 3)
})

test('a draft answers with its own adapter, is not in the engine before or after, and leaves room for works', async () => {
  const adapter = new Uint8Array(randomAdapter({ seed: 7 }))
  const plain = drafts.open(ANN, content())
  const tuned = drafts.open(BEN, content(adapter))
  await refused(() => drafts.enter(tuned), 'request_invalid') // Its adapter is not there yet.
  await drafts.receive(tuned, 0, adapter.slice(0, 1_000))
  await refused(() => drafts.receive(tuned, 0, adapter), 'request_invalid')
  await drafts.receive(tuned, 1_000, adapter.slice(1_000))
  const texts: string[] = []
  for (const draft of [plain, tuned, tuned]) {
    const leave = await drafts.enter(draft)
    await refused(() => drafts.enter(draft), 'node_busy') // One at a time.
    texts.push((await answer(draft)).text)
    await leave()
    await refused(
      () =>
        engine.chat({
          work: draft.work,
          messages: hello,
          sampling: { temperature: 0, stop: [], maxTokens: 1 },
          signal: new AbortController().signal,
          onText: () => {},
        }),
      'engine_failed',
    )
  }
  assert.ok(texts[0] && texts[0] !== texts[1])
  assert.equal(texts[1], texts[2])
})

test('a whole adapter is checked once: no further piece, not even an empty one, has it checked again', async () => {
  const adapter = new Uint8Array(randomAdapter({ seed: 7 }))
  const draft = drafts.open(ANN, content(adapter))
  await drafts.receive(draft, 0, adapter)
  const admitted = mock.method(engine, 'admit')
  await refused(() => drafts.receive(draft, adapter.length, new Uint8Array()), 'request_invalid')
  assert.equal(admitted.mock.callCount(), 0)
  admitted.mock.restore()
})

test('a draft that is only opened makes the node prepare nothing for the guard; its first turn does, once', async () => {
  const prepared = mock.method(HiddenText, 'of')
  const draft = drafts.open(ANN, content(undefined, `You are Mira, ${'keeper of the tall lamp. '.repeat(9)}`))
  assert.equal(prepared.mock.callCount(), 0)
  for (let turn = 0; turn < 2; turn++) {
    const leave = await drafts.enter(draft)
    await answer(draft)
    await leave()
  }
  assert.equal(prepared.mock.callCount(), 1)
  assert.ok(draft.behaviour.hidden)
  prepared.mock.restore()
})

test('an adapter is refused by name before llama.cpp sees it, and may then be sent again', async () => {
  const pid = engine.pid
  const wrong = new Uint8Array(randomAdapter({ seed: 3, width: 32 }))
  const draft = drafts.open(ANN, content(wrong))
  await refused(() => drafts.receive(draft, 0, wrong), 'adapter_invalid')
  await refused(() => drafts.receive(draft, 0, new Uint8Array(wrong.length)), 'hash_mismatch')
  assert.equal(draft.adapter?.received, 0)
  assert.equal(engine.pid, pid)
})

test('a card that is none, and one with more bytes than the node gives to drafts, are refused when they are opened', async () => {
  const bad = { ...content(), card: '{"name":"Mira"}' }
  await refused(() => drafts.open(ANN, bad), 'card_invalid')
  await refused(() => drafts.open(ANN, content(new Uint8Array(LIMITS.maxBytes))), 'body_too_large')
  drafts.open(ANN, content(new Uint8Array(LIMITS.maxBytes - 10_000)))
  await refused(() => drafts.open(BEN, content(new Uint8Array(20_000))), 'node_busy')
})

test('a draft takes no place that a paying turn waits for, and stops when one comes', async () => {
  const draft = drafts.open(ANN, content())
  const paying = await engine.turnstile.enter({ holder: BEN })
  await refused(() => drafts.enter(draft), 'node_busy')
  paying()
  const leave = await drafts.enter(draft)
  let waits: Promise<() => void> | undefined
  const { finishReason, notice, usage } = await answer(draft, () => {
    waits ??= engine.turnstile.enter({ holder: BEN })
  })
  assert.deepEqual([finishReason, notice?.code], ['length', 'node_busy'])
  assert.ok(usage.completion_tokens < 400)
  await leave()
  ;(await waits)?.()
  assert.equal(engine.turnstile.busy, 0)
})

test('an ended draft is gone: its adapter is zeros, its key opens nothing, its turn stops; another of a wallet ends the first', async () => {
  const adapter = new Uint8Array(randomAdapter({ seed: 7 }))
  const first = drafts.open(ANN, content(adapter))
  await drafts.receive(first, 0, adapter)
  const leave = await drafts.enter(first)
  const { finishReason } = await answer(first, () => drafts.end(first))
  await leave()
  assert.equal(finishReason, 'length')
  assert.ok(first.adapter?.bytes.every(byte => byte === 0))
  await refused(() => drafts.find(first.id, first.token), 'draft_missing')
  const second = drafts.open(ANN, content())
  await refused(() => drafts.find(second.id, 'a guess'), 'draft_missing')
  assert.equal(drafts.find(second.id, second.token), second)
  const third = content()
  assert.equal(drafts.open(ANN, third), drafts.open(ANN, third))
  await refused(() => drafts.find(second.id, second.token), 'draft_missing')
})

test('when nothing is open a new engine process takes over, once, and a turn that comes meanwhile is answered by it', async () => {
  drafts.stop()
  const sampling = { temperature: 0, stop: [], maxTokens: 4 }
  const chat = () =>
    engine.chat({
      ...{ work: 'late', messages: hello, sampling },
      signal: new AbortController().signal,
      onText: () => {},
    })
  const before = engine.pid
  const renewed = engine.renew()
  engine.admit('late')
  assert.ok((await chat()).outputTokens > 0)
  await renewed
  const after = engine.pid
  assert.notEqual(after, before)
  await engine.renew() // A work is open.
  assert.equal(engine.pid, after)
  await engine.forget('late')
  await engine.renew()
  const fresh = engine.pid
  assert.notEqual(fresh, after)
  await engine.renew() // It has seen nobody's words.
  assert.equal(engine.pid, fresh)
})
