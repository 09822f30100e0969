/** An edge that lies about what it stores, and an edge that is broken into: neither has anything to give. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openCopy, readOpened } from '@grimoire/client/open-copy'
import { readWork } from '@grimoire/client/read-work'
import { people } from '@grimoire/devnet/accounts'
import { cardText, partsOf } from '@grimoire/devnet/seeds'
import { type InferenceNode, startInferenceNode } from '@grimoire/inference-node/server'
import { type Between, type Passing, startProxy, textOf, withText } from './proxy.ts'
import { codeOf, type Stage, said, setStage } from './stage.ts'

/** A node asks for a manifest that it could not get no sooner than after this time. */
const MANIFEST_REFUSED_MS = 3_200

type Lie = (passing: Passing) => Passing | Promise<Passing>
const honest: Lie = passing => passing

let stage: Stage
let liar: Between
let lie: Lie = honest

before(async () => {
  stage = await setStage()
  liar = await startProxy(stage.devnet.edge.url, passing => lie(passing))
})
after(async () => {
  await liar?.stop()
  await stage?.stop()
})

const lied = () => ({ ...stage.market, edgeUrl: liar.url })
const contentOf = async (name: string) =>
  new Uint8Array(await (await fetch(`${stage.devnet.edge.url}/v1/blobs/${name}`)).arrayBuffer())
const flipped = (bytes: Uint8Array<ArrayBuffer>) => {
  const copy = bytes.slice()
  const middle = copy.length >> 1
  copy[middle] = (copy[middle] ?? 0) ^ 1
  return copy
}

/** Each lie is told about one blob; everything else passes as the honest edge has it. */
const about =
  (name: string, alter: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>): Lie =>
  passing =>
    passing.path.endsWith(`/v1/blobs/${name}`) ? { ...passing, body: alter(passing.body) } : passing

async function liesAbout(name: string, otherName: string): Promise<[string, Lie][]> {
  const other = await contentOf(otherName)
  return [
    ['one bit of it flipped', about(name, flipped)],
    ['another one in its place', about(name, () => other)],
    ['its end cut off', about(name, bytes => bytes.slice(0, -1))],
  ]
}

/** A second node of the same operator that asks the given edges, in this order; gone when the test has what it needs. */
async function withNode<T>(
  edges: string[],
  run: (url: string, node: InferenceNode) => Promise<T>,
): Promise<T> {
  const { config, folder } = { ...stage.devnet, folder: stage.folder }
  const directory = join(folder, `node-of-${edges.length}-${Date.now()}`)
  const node = await startInferenceNode({ ...config, directory, edges, port: 0 }, { log: () => {} })
  try {
    return await run(node.url, node)
  } finally {
    await node.stop()
  }
}

test('a manifest that an edge altered, swapped or cut is refused by the client, and is readable at an honest edge', async () => {
  const { chatbot, prompt } = stage
  for (const [what, told] of await liesAbout(chatbot.contentHash, prompt.contentHash)) {
    lie = told
    assert.equal(
      await codeOf(readWork(lied(), { workId: chatbot.workId })),
      'manifest_hash_mismatch',
      `with ${what}`,
    )
  }
  lie = honest
  assert.equal(await codeOf(readWork(lied(), { workId: chatbot.workId })), 'served')
})

test('an edge that says other terms, or another parent, than the chain has is caught', async () => {
  const { chatbot } = stage
  lie = passing =>
    passing.path.startsWith('/v1/works/')
      ? withText(passing, textOf(passing).replaceAll('"12500000"', '"1"'))
      : passing
  assert.equal(await codeOf(readWork(lied(), { workId: chatbot.workId })), 'edge_lied')
  lie = honest
})

test('a part that an edge altered, swapped or cut is refused by whoever opens a copy, and the copy is not lost by it', async () => {
  const { chatbot, prompt, devnet, market } = stage
  const choice = { wallet: devnet.walletOf(people.cleo), workId: prompt.workId }
  const [name, otherName] = [prompt.manifest.parts[0]?.sha256 ?? '', chatbot.manifest.parts[0]?.sha256 ?? '']
  for (const [what, told] of await liesAbout(name, otherName)) {
    lie = told
    assert.equal(await codeOf(openCopy(lied(), choice)), 'part_hash_mismatch', `with ${what}`)
  }
  lie = honest
  assert.equal(await stage.held(people.cleo.address, prompt.workId), 0n)
  assert.equal((await readOpened(market, choice)).text, cardText(prompt.seed))
})

test('a node that knows only a lying edge serves nothing and takes nothing', async () => {
  const { chatbot, prompt } = stage
  const [card, adapter] = chatbot.manifest.parts
  await withNode([liar.url], async url => {
    for (const [what, told] of await liesAbout(chatbot.contentHash, prompt.contentHash)) {
      lie = told
      const quote = await fetch(`${url}/v1/quotes?model=${encodeURIComponent(stage.modelOf(chatbot.workId))}`)
      assert.deepEqual((await said(quote)).code, 'part_missing', `with ${what}`)
      await sleep(MANIFEST_REFUSED_MS)
    }
    lie = honest
    await stage.grant(people.cleo, chatbot.workId, url)
    const chat = await stage.chat(people.cleo, chatbot.workId, { nodeUrl: url })
    const lies = [
      ...(await liesAbout(card?.sha256 ?? '', adapter?.sha256 ?? '')),
      ...(await liesAbout(adapter?.sha256 ?? '', card?.sha256 ?? '')),
    ]
    const before = await stage.moneyOf(people.cleo.address)
    for (const [what, told] of lies) {
      lie = told
      assert.equal(await codeOf(stage.ask(chat)), 'part_missing', `with ${what}`)
    }
    lie = honest
    const { chargedAtomic, depositedAtomic } = await chat.state()
    assert.deepEqual([chargedAtomic, depositedAtomic], [0n, 0n])
    assert.equal(await stage.moneyOf(people.cleo.address), before)
  })
})

test('a second, honest edge in a node’s list serves what the first one lies about', async () => {
  const { chatbot, prompt, devnet } = stage
  const [card] = chatbot.manifest.parts
  const told = [chatbot.contentHash, ...chatbot.manifest.parts.map(({ sha256 }) => sha256)]
  const other = await contentOf(prompt.contentHash)
  lie = passing => (told.some(name => passing.path.endsWith(name)) ? { ...passing, body: other } : passing)
  const { length } = liar.asked
  await withNode([liar.url, devnet.edge.url], async url => {
    await stage.grant(people.cleo, chatbot.workId, url)
    const chat = await stage.chat(people.cleo, chatbot.workId, { nodeUrl: url })
    assert.ok((await stage.ask(chat)).text.includes(stage.answer))
    await chat.refund()
  })
  const asked = liar.asked.slice(length).map(({ path }) => path)
  for (const name of told) assert.ok(asked.includes(`/v1/blobs/${name}`), `the liar was asked for ${name}`)
  assert.ok(card)
  lie = honest
})

/** Every file below a folder, with its bytes. */
function* filesOf(folder: string): Generator<{ path: string; bytes: Buffer }> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    yield { path, bytes: readFileSync(path) }
  }
}

test('whoever takes the edge’s database and bucket finds the ciphertext and not one line of any plaintext', async () => {
  const { chatbot, prompt, folder } = stage
  const files = [...filesOf(join(folder, 'edge'))]
  const found = (needle: Uint8Array | string) =>
    files.some(({ bytes }) => bytes.includes(typeof needle === 'string' ? needle : Buffer.from(needle)))
  for (const { manifest, seed } of [chatbot, prompt]) {
    assert.ok(found(manifest.title), 'the search finds what is public')
    for (const { sha256 } of manifest.parts)
      assert.ok(found((await contentOf(sha256)).slice(0, 4_096)), 'the search finds the ciphertext')
    for (const { name, bytes } of partsOf(seed)) {
      for (const secret of samplesOf(bytes)) assert.ok(!found(secret), `${name} lies open at the edge`)
    }
  }
  const facts = [...cardText(chatbot.seed).matchAll(/- ([a-z ]+: [^\\"]+)/g)].map(([, fact = '']) => fact)
  assert.ok(facts.length >= 3)
  for (const secret of [...facts, 'AGE-SECRET-KEY']) assert.ok(!found(secret), secret)
})

const SAMPLE_BYTES = 48

/** Pieces of a plaintext that are its own: those of one repeated byte occur everywhere. */
function samplesOf(bytes: Uint8Array): Uint8Array[] {
  const samples: Uint8Array[] = []
  const step = Math.max(SAMPLE_BYTES, Math.floor(bytes.length / 64))
  for (let from = 0; from + SAMPLE_BYTES <= bytes.length; from += step) {
    const sample = bytes.subarray(from, from + SAMPLE_BYTES)
    if (new Set(sample).size > 12) samples.push(sample)
  }
  assert.ok(samples.length > 0, 'there is something to look for')
  return samples
}
