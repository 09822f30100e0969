/** A large part goes up in chunks: it is paused, stopped and gone on with, and the wallet is asked once for all of it. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { CHUNK_MIN_BYTES } from '@grimoire/schema/upload'
import { startEdge } from '@grimoire/worker/local'
import { getBlob, sha256Hex } from './edge.ts'
import { serveHttp, startWorld } from './fixture.ts'
import { refusedAs, watched } from './fixture-refusal.ts'
import { createMarket, type Market } from './market.ts'
import { uploadSealed } from './publish-work.ts'
import { asSignedIn } from './session-of.ts'
import { type BlobUpload, pauseSwitch, uploadBlob } from './upload-blob.ts'

let world: Awaited<ReturnType<typeof startWorld>>
let edge: Awaited<ReturnType<typeof startEdge>>
let market: Market
let holder: ReturnType<typeof watched>
let sent: string[] = []
const folder = mkdtempSync(join(tmpdir(), 'grimoire-upload-'))

before(async () => {
  world = await startWorld()
  const { addresses, publicClient, url: rpcUrl } = world
  edge = await startEdge({ addresses, rpcUrl, stateFolder: join(folder, 'edge'), indexEveryMs: 0 })
  market = createMarket({ addresses, publicClient, edgeUrl: edge.url, fetch: watching })
  holder = watched(await world.person())
})
after(async () => {
  await edge.stop()
  world.stop()
  rmSync(folder, { recursive: true, force: true })
})

const watching: typeof fetch = (input, init) => {
  const chunk = /chunks\/(\d+)$/.exec(String(input))?.[1]
  if (chunk !== undefined) sent.push(chunk)
  return fetch(input, init)
}
const freshBytes = (sizeBytes: number) => new Uint8Array(randomBytes(sizeBytes))
const send = async (content: BlobUpload['content'], sha256: string, more: Partial<BlobUpload> = {}) => {
  sent = []
  return asSignedIn(market, holder.wallet, session =>
    uploadBlob(market, { session, sha256, content, chunkBytes: CHUNK_MIN_BYTES, ...more }),
  )
}

test('a file that was stopped midway is gone on with: only what is missing is read and sent', async () => {
  const bytes = freshBytes(2 * CHUNK_MIN_BYTES + 5)
  const sha256 = await sha256Hex(bytes)
  const path = join(folder, 'part.age')
  writeFileSync(path, bytes)
  const stop = new AbortController()
  const onProgress = ({ sentBytes }: { sentBytes: number }) => {
    if (sentBytes >= CHUNK_MIN_BYTES) stop.abort(new Error('enough'))
  }
  const file = await openAsBlob(path)
  await assert.rejects(send(file, sha256, { onProgress, signal: stop.signal }), /enough/)
  const steps: number[] = []
  const stored = await send(file, sha256, { onProgress: ({ sentBytes }) => steps.push(sentBytes) })
  assert.equal(stored.state, 'stored')
  assert.ok((steps[0] ?? 0) >= CHUNK_MIN_BYTES, 'it began with what was there')
  assert.equal(steps.at(-1), bytes.length)
  assert.ok(sent.length < 3)
  assert.equal(new Set(sent).size, sent.length)
  assert.deepEqual(await getBlob(market, { sha256 }), bytes)
  const { cid } = stored
  assert.ok(cid)
  const { addresses, publicClient } = world
  const liar = await serveHttp((_, answer) => answer.end('not it'))
  const far = createMarket({ addresses, publicClient, gateways: [liar.url, edge.url] })
  assert.deepEqual(await getBlob(far, { sha256, cid }), bytes, 'any gateway will do: a lie is passed over')
  const lied = createMarket({ addresses, publicClient, gateways: [liar.url] })
  await assert.rejects(getBlob(lied, { sha256, cid }), refusedAs('part_hash_mismatch'))
  await liar.stop()
  await send(file, sha256)
  assert.deepEqual(sent, [], 'what is stored is not sent again')
})

test('a paused upload sends no further chunk until it is let go on', async () => {
  const bytes = freshBytes(3 * CHUNK_MIN_BYTES + 9)
  const pausing = pauseSwitch()
  let seen = 0
  let held = () => {}
  const quiet = new Promise<void>(resolve => {
    held = resolve
  })
  const onProgress = ({ sentBytes }: { sentBytes: number }) => {
    seen = sentBytes
    if (sentBytes === CHUNK_MIN_BYTES) pausing.pause()
    // Three were on the way when it was paused.
    if (sentBytes === 3 * CHUNK_MIN_BYTES) held()
  }
  const done = send(bytes, await sha256Hex(bytes), { onProgress, pausing })
  await quiet
  assert.deepEqual([seen, sent.length], [3 * CHUNK_MIN_BYTES, 3])
  pausing.resume()
  assert.equal((await done).state, 'stored')
})

test('a file whose pieces are hashed elsewhere is sent without its bytes ever being here', async () => {
  const bytes = freshBytes(2 * CHUNK_MIN_BYTES + 7)
  class Unread extends Blob {
    override slice(from?: number, to?: number): Blob {
      const piece = super.slice(from, to)
      return Object.assign(piece, { elsewhere: bytes.subarray(from, to), arrayBuffer: undefined })
    }
    override arrayBuffer = () => assert.fail('read here')
  }
  const hashed: number[] = []
  const digestOf = async (piece: Blob & { elsewhere?: Uint8Array<ArrayBuffer> }) => {
    hashed.push(piece.size)
    return new Uint8Array(await crypto.subtle.digest('SHA-256', piece.elsewhere ?? assert.fail('another')))
  }
  const sha256 = await sha256Hex(bytes)
  const stored = await send(new Unread([bytes]), sha256, { digestOf })
  assert.equal(stored.state, 'stored')
  assert.deepEqual(hashed.toSorted(), [CHUNK_MIN_BYTES, CHUNK_MIN_BYTES, 7].toSorted())
  assert.deepEqual(await getBlob(market, { sha256 }), bytes)
})

test('bytes of another hash than they are said to have are refused as that', async () => {
  await assert.rejects(
    send(freshBytes(1_000), await sha256Hex(freshBytes(1_000))),
    refusedAs('hash_mismatch'),
  )
})

test('small parts and the manifest need no signature, large ones one for all of them', async () => {
  const asked = holder.asked.messages
  assert.equal(asked, 1)
  const [small, manifestBytes] = [freshBytes(1_000), freshBytes(500)]
  const blobs = new Map([[await sha256Hex(small), small]])
  await uploadSealed(market, { manifestBytes, blobs })
  const large = [freshBytes(200_000), freshBytes(300_000)] as const
  for (const bytes of large) blobs.set(await sha256Hex(bytes), bytes)
  await assert.rejects(uploadSealed(market, { manifestBytes, blobs }), refusedAs('session_missing'))
  const steps: number[] = []
  const onProgress = ({ sentBytes }: { sentBytes: number }) => steps.push(sentBytes)
  assert.equal(
    await uploadSealed(market, { manifestBytes, blobs }, { wallet: holder.wallet, onProgress }),
    501_000,
  )
  assert.equal(holder.asked.messages, asked)
  assert.deepEqual(
    steps,
    steps.toSorted((a, b) => a - b),
  )
  assert.equal(steps.at(-1), 501_500)
  for (const [sha256, bytes] of blobs) assert.deepEqual(await getBlob(market, { sha256 }), bytes)
})
