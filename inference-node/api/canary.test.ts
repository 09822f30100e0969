/** The canary on a real engine: off unless allowed, timed by its first byte, seldom, and second to whoever pays. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CANARY_MAX_TOKENS, CANARY_TIMED_TOKENS, canaryAnswer } from '@grimoire/schema/canary'
import { isProblem, type ProblemCode } from '@grimoire/schema/problem'
import { ENGINE_DEFAULTS, Engine } from '../engine/engine.ts'
import { randomBase } from '../engine/random-gguf.ts'
import { logNothing } from '../log.ts'
import { Canary } from './canary.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-canary-'))
const base = { sha256: '1'.repeat(64) }
let engine: Engine

before(async () => {
  const modelPath = join(directory, 'base.gguf')
  writeFileSync(modelPath, randomBase({ contextTokens: 512 }))
  const options = { gpu: false as const, threads: 1, sequences: 1, openWorks: 1 }
  engine = await Engine.start({ ...ENGINE_DEFAULTS, ...options, modelPath })
})
after(async () => {
  await engine?.stop()
  rmSync(directory, { recursive: true })
})

const canaryOf = (everySeconds: number) => new Canary({ everySeconds, engine, base, log: logNothing })
const never = new AbortController().signal
const refused = (asked: Promise<unknown>, code: ProblemCode) =>
  assert.rejects(asked, (error: unknown) => isProblem(error, code) || assert.fail(String(error)))

/** Its place is free again a moment after its last byte. */
async function isIdle() {
  while (engine.turnstile.busy > 0) await new Promise(resolve => setTimeout(resolve, 5))
}

test('it is refused where the operator did not allow it, and of a number that is none', async () => {
  await refused(canaryOf(0).answer('1', never), 'canary_off')
  await refused(canaryOf(1).answer('many', never), 'request_invalid')
  assert.equal(engine.turnstile.busy, 0)
})

test('it speaks a few tokens of the base, of another number something else, and its first byte is there before its last', async () => {
  const texts: string[] = []
  for (const from of ['17', '17', '90210']) {
    const response = await canaryOf(1).answer(from, never)
    assert.equal(engine.turnstile.busy, 1, 'it was answered before it had ended')
    const { text, tokens, baseModelSha256 } = canaryAnswer.parse(await response.json())
    assert.equal(baseModelSha256, base.sha256)
    assert.ok(tokens >= CANARY_TIMED_TOKENS && tokens <= CANARY_MAX_TOKENS, String(tokens))
    texts.push(text)
    await isIdle()
  }
  assert.ok(texts[0] && texts[0] === texts[1] && texts[1] !== texts[2], JSON.stringify(texts))
})

test('another within its time is told when to come again, whoever asks', async () => {
  const canary = canaryOf(60)
  const first = await canary.answer('1', never)
  await assert.rejects(canary.answer('2', never), (error: unknown) => {
    assert.ok(isProblem(error, 'canary_spent'))
    return error.details.extra?.retryAfterSeconds === 60 // While the first is under way.
  })
  await first.text()
  await isIdle()
  await assert.rejects(canary.answer('3', never), (error: unknown) => {
    assert.ok(isProblem(error, 'canary_spent'))
    assert.ok([59, 60].includes(Number(error.details.extra?.retryAfterSeconds)))
    return true
  })
})

test('it takes no place that a turn is in, and gives its own back when one waits', async () => {
  const leave = await engine.turnstile.enter({ holder: 'one who pays' })
  await refused(canaryOf(1).answer('1', never), 'node_busy')
  leave()
  const response = await canaryOf(1).answer('1', never)
  const leaveAgain = await engine.turnstile.enter({ holder: 'one who pays' })
  const { tokens } = canaryAnswer.parse(await response.json())
  assert.ok(tokens < CANARY_MAX_TOKENS, `${tokens} tokens while someone who pays waited`)
  leaveAgain()
})

test('whoever asked and went away leaves its place free', async () => {
  const gone = new AbortController()
  const response = await canaryOf(1).answer('1', gone.signal)
  gone.abort()
  await response.body?.cancel()
  await isIdle()
})
