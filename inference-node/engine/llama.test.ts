/** The host beside a real llama.cpp, in this process: what stays in its memory from turn to turn, and who waits for whom. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, mock, test } from 'node:test'
import type { Utterance } from '@grimoire/schema/utterance'
import { LlamaContextSequence } from 'node-llama-cpp'
import { type HostAsk, LlamaHost } from './llama.ts'
import { randomAdapter, randomBase } from './random-gguf.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-host-'))
let host: LlamaHost

const HIDDEN = `You are the keeper of the lamp. ${'Never say what it is made of. '.repeat(8)}`
const asking = (content: string): Utterance[] => [
  { role: 'system', content: HIDDEN },
  { role: 'user', content },
]
const OPENING = [asking('A'), asking('7')] as const

before(async () => {
  const modelPath = join(directory, 'base.gguf')
  writeFileSync(modelPath, randomBase({ contextTokens: 1_024 }))
  host = await LlamaHost.boot({
    ...{ modelPath, gpu: false, threads: 1, contextTokens: 0 },
    ...{ sequences: 3, warmPrompts: 1, fileTemplate: false },
  })
  await host.open('lamp', undefined, OPENING)
  await host.open('bare')
  await host.open('first', randomAdapter({ seed: 7 }), OPENING)
  await host.open('second', randomAdapter({ seed: 99 }), OPENING)
})
after(async () => {
  await host?.stop()
  rmSync(directory, { recursive: true })
})

async function ask(work: string, messages: Utterance[], more: Partial<HostAsk> = {}, maxTokens = 8) {
  let text = ''
  const progress: number[] = []
  const end = await host.chat({
    ...{ work, messages, sampling: { temperature: 0, stop: [], maxTokens } },
    signal: new AbortController().signal,
    onText: piece => {
      text += piece
    },
    onCall: () => {},
    onProgress: ({ processedTokens }) => progress.push(processedTokens),
    ...more,
  })
  return { text, end, progress }
}

const read = ({ progress }: { progress: number[] }) => progress[0] ?? 0
const SECRET = 'my pass phrase is heliotrope nine, tell no one'

test('a holder who never chatted before does not wait for the hidden prompt to be read again, and is answered alike', async () => {
  const shared = host.count(asking('')) - 20
  const cold = await ask('lamp', asking('Who are you?'), { holder: 'ann' })
  assert.equal(read(cold), 0)
  const warm = await ask('lamp', asking('Who are you?'), { holder: 'ben' })
  assert.ok(read(warm) >= shared, `only ${read(warm)} of about ${shared} tokens were in memory`)
  assert.equal(warm.text, cold.text)
})

test('nothing of a holder’s words stays for another: their places hold the hidden prompt and no more', async () => {
  await ask('lamp', asking(SECRET), { holder: 'ann' })
  const anns = host.kept().filter(({ holder }) => holder === 'ann')
  assert.ok(anns.length > 0, 'her own next turn may go on from them')
  const hidden = host.count(asking(''))
  for (let n = 0; n < 4; n++) {
    const ben = await ask('lamp', asking(`${SECRET} and more`), { holder: `ben ${n}` })
    assert.ok(read(ben) < hidden, 'another holder’s turn went on from her words')
  }
  await ask('lamp', asking(SECRET))
  for (const { holder, tokens } of host.kept().filter(({ holder }) => holder === undefined)) {
    assert.equal(holder, undefined)
    assert.ok(tokens.length < hidden, `${tokens.length} tokens stayed of a turn without a holder`)
  }
})

test('her next turn goes on from her last one', async () => {
  const first = await ask('lamp', asking('One'), { holder: 'eve' })
  const more: Utterance[] = [
    ...asking('One'),
    { role: 'assistant', content: first.text },
    { role: 'user', content: 'Two' },
  ]
  const next = await ask('lamp', more, { holder: 'eve' })
  assert.ok(read(next) > host.count(asking('')), `${read(next)} tokens were in memory`)
})

test('a turn beside the only one that has the hidden prompt in memory copies it, and is answered as if it were alone', async () => {
  const alone = await ask('lamp', asking('Tell me'), { holder: 'zoe' }, 40)
  await host.open('lamp again', undefined, OPENING)
  let second: ReturnType<typeof ask> | undefined
  const onText = () => {
    second ??= ask('lamp again', asking('Tell me'), { holder: 'two' }, 40)
  }
  const first = await ask('lamp again', asking('Go on'), { holder: 'one', onText }, 200)
  const copied = await second
  assert.ok(copied && read(copied) > host.count(asking('')) - 20, 'it read the hidden prompt again')
  assert.equal(copied.text, alone.text)
  assert.ok(first.end.outputTokens > 1)
})

/** node-llama-cpp's own, as far as these tests break it. */
type Breakable = {
  _copyStateFromOtherSequence(other: unknown, upTo: number): Promise<boolean>
  adaptStateToTokens(...args: unknown[]): Promise<void>
}
const breakable = LlamaContextSequence.prototype as unknown as Breakable // Safety: pinned at 3.22.1.

test('a copy that broke off half-way leaves a place that is nobody’s, and the next turn there begins anew', async () => {
  const alone = await ask('lamp', asking('Tell me'), { holder: 'zoe' }, 8)
  await host.open('copied', undefined, OPENING)
  const { _copyStateFromOtherSequence: copy } = breakable
  const broken = mock.method(breakable, '_copyStateFromOtherSequence', async function (this: unknown, other) {
    await copy.call(this as Breakable, other, Number.MAX_SAFE_INTEGER)
    throw new Error('the copy broke off')
  } satisfies Breakable['_copyStateFromOtherSequence'])
  let second: Promise<unknown> | undefined
  let halfWay: ReturnType<LlamaHost['kept']> = []
  const onText = () => {
    second ??= ask('copied', asking('Tell me'), { holder: 'two' }).catch((error: unknown) => {
      halfWay = host.kept()
      return error
    })
  }
  await ask('copied', asking('my own words'), { holder: 'one', onText }, 60)
  assert.match(String(await second), /the copy broke off/)
  broken.mock.restore()
  const own = halfWay.find(({ work }) => work === 'copied')?.tokens ?? []
  const startsWith = (tokens: readonly number[], start: readonly number[]) =>
    start.every((token, at) => tokens[at] === token)
  const copies = halfWay.filter(
    ({ holder, tokens }) =>
      holder !== 'one' && startsWith(tokens, own.slice(0, host.count(asking('my own')))),
  )
  assert.ok(own.length > 0 && copies.length > 0)
  for (const { work, holder } of copies) assert.deepEqual([work, holder], [undefined, undefined])
  assert.equal((await ask('copied', asking('Tell me'), { holder: 'zoe' })).text, alone.text)
})

test('a place that could not be cleared after its turn is free all the same, and cleared before the next', async () => {
  const expected = await ask('lamp', asking('Sing'))
  let begun = false
  const original = breakable.adaptStateToTokens
  const broken = mock.method(breakable, 'adaptStateToTokens', function (this: Breakable, ...args) {
    return begun ? Promise.reject(new Error('it could not be cleared')) : original.apply(this, args)
  } satisfies Breakable['adaptStateToTokens'])
  for (let turn = 0; turn < 5; turn++) {
    begun = false
    const onText = () => {
      begun = true
    }
    await ask('lamp', asking(SECRET), { onText })
  }
  assert.ok(broken.mock.callCount() > 0)
  broken.mock.restore()
  assert.equal((await ask('lamp', asking('Sing'))).text, expected.text)
})

test('turns with different adapters run side by side in one context, each with its own from its first token to its last', async () => {
  const works = ['lamp', 'first', 'second']
  const alone = await Promise.all(works.map(work => ask(work, asking('Sing'), { holder: work }, 60)))
  assert.equal(new Set(alone.map(({ text }) => text)).size, 3)
  const one = []
  for (const work of works) one.push(await ask(work, asking('Sing'), { holder: `${work} again` }, 60))
  assert.deepEqual(
    one.map(({ text }) => text),
    alone.map(({ text }) => text),
  )
})

test('a turn is answered while two long answers go on, though its place has to be cleared first', async () => {
  const stop = new AbortController()
  let pieces = 0
  const onText = () => {
    pieces++
  }
  for (let n = 0; n < 4; n++) await ask('bare', asking(`${n} `.repeat(20)), { holder: `before ${n}` })
  const long = ['x', 'y'].map(holder =>
    ask('lamp', asking('Go on'), { holder, onText, signal: stop.signal }, 700),
  )
  while (pieces === 0) await new Promise(resolve => setTimeout(resolve, 5))
  await ask('bare', asking('And I?'), { holder: 'newcomer' })
  const ended = await Promise.race([Promise.any(long), 'going on'])
  stop.abort()
  await Promise.all(long)
  assert.equal(ended, 'going on', 'it waited for a long answer to end')
})

test('a long prompt is read beside the answers of others in shares, and says how far it is', async () => {
  const stop = new AbortController()
  let pieces = 0
  const onText = () => {
    pieces++
  }
  const long = ask('lamp', asking('Go on'), { holder: 'x', onText, signal: stop.signal }, 700)
  while (pieces === 0) await new Promise(resolve => setTimeout(resolve, 5))
  const { progress, end } = await ask('bare', asking('word '.repeat(120)), { holder: 'reader' })
  stop.abort()
  await long
  assert.ok(progress.length > 1, `${progress.length} words on progress for ${end.inputTokens} tokens`)
  assert.deepEqual(
    progress,
    progress.toSorted((a, b) => a - b),
  )
})

test('a work that is closed leaves nothing of its prompt, its holders or its adapter', async () => {
  await ask('first', asking(SECRET), { holder: 'ann' })
  assert.ok(host.kept().some(({ work }) => work === 'first'))
  await host.close('first')
  assert.ok(host.kept().every(({ work }) => work !== 'first'))
  await host.open('first', randomAdapter({ seed: 123 }), OPENING)
  const other = await ask('first', asking('Sing'), { holder: 'ann' }, 60)
  await host.close('first')
  await host.open('first', randomAdapter({ seed: 7 }), OPENING)
  assert.notEqual((await ask('first', asking('Sing'), { holder: 'ann' }, 60)).text, other.text)
})

test('a turn that is stopped before its first token is an empty answer, and no failure', async () => {
  const signal = AbortSignal.abort()
  const { text, end } = await ask('bare', asking('Who are you?'), { holder: 'eve', signal })
  assert.deepEqual([text, end.outputTokens, end.reason], ['', 0, 'stop'])
  assert.ok(end.inputTokens > 0)
  assert.equal(host.kept().filter(({ holder }) => holder === 'eve').length, 0)
  assert.ok((await ask('bare', asking('Who are you?'), { holder: 'eve' })).end.outputTokens > 0)
})
