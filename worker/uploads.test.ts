/** Uploads in chunks: they go on after any stop, and a name leads only to bytes that have that hash. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { upload } from '@grimoire/schema/upload'
import { assertSameBytes, type json, people, startWorld, type World } from './fixture.ts'
import { checkAnswersOf } from './fixture-answers.ts'
import { CHUNK, digestOf, freshBytes, MIB, pieceOf, uploader } from './fixture-upload.ts'
import { type LocalEdge, startEdge } from './local.ts'
import { putBlob, sha256, signedInAs } from './seed.ts'

const QUOTAS = { UPLOADS_UNDER_WAY: '3', UPLOAD_BYTES_UNDER_WAY: String(400 * MIB) }
const DAY = { UPLOAD_BYTES_PER_DAY: String(500 * MIB), UNSIGNED_BYTES_PER_DAY: '300000' }
let world: World
let edge: LocalEdge
let mine: ReturnType<typeof uploader>
let theirs: ReturnType<typeof uploader>
let others: ReturnType<typeof uploader>

before(async () => {
  world = await startWorld({ vars: { ...QUOTAS, ...DAY }, writesPerMinute: 100_000 })
  edge = world.edge
  mine = uploader(edge, await signedInAs(world, people.creator))
  theirs = uploader(edge, await signedInAs(world, people.stranger))
  others = uploader(edge, await signedInAs(world, people.holder))
})
after(async () => {
  await edge.stop()
  await world.stop()
})

type Answer = Awaited<ReturnType<typeof json>>
const code = ({ body }: Answer): unknown => body.code
const blob = (name: string, init: RequestInit = {}) => fetch(`${edge.url}/v1/blobs/${name}`, init)
const bytesAt = async (name: string) => new Uint8Array(await (await blob(name)).arrayBuffer())
const run = async (query: string) => (await edge.database()).prepare(query).all()

describe('an upload', () => {
  test('goes on after the edge was stopped, takes its chunks in any order, and is served under its hash', async () => {
    const bytes = freshBytes(2 * CHUNK + 1_000)
    const begun = upload.parse((await mine.begin(bytes)).body)
    assert.deepEqual([begun.state, begun.chunks, begun.there], ['open', 3, []])
    const id = begun.uploadId ?? ''
    await mine.put(id, 2, pieceOf(bytes, 2))
    await mine.put(id, 0, pieceOf(bytes, 0))
    await edge.stop()
    edge = await startEdge(world.edgeOptions)
    checkAnswersOf(edge.url)
    world.edge = edge
    mine = uploader(edge, await signedInAs(world, people.creator))
    theirs = uploader(edge, await signedInAs(world, people.stranger))
    others = uploader(edge, await signedInAs(world, people.holder))
    assert.deepEqual((await mine.look(id)).there, [0, 2])
    assert.equal((await mine.begin(bytes)).body.uploadId, id)
    const early = await mine.complete(id)
    assert.deepEqual([early.status, code(early)], [409, 'upload_incomplete'])
    await mine.put(id, 1, pieceOf(bytes, 1))
    assert.equal((await blob(sha256(bytes))).status, 404)
    assert.equal((await mine.complete(id)).body.state, 'stored')
    assertSameBytes(await bytesAt(sha256(bytes)), bytes)
    assert.equal((await mine.complete(id)).body.state, 'stored')
    assert.equal((await run(`SELECT 1 FROM upload_chunks WHERE upload_id = '${id}'`)).results.length, 0)
    const again = upload.parse((await theirs.begin(bytes)).body)
    assert.deepEqual([again.state, again.uploadId], ['stored', null])
    assert.equal((await (await putBlob(world, new Uint8Array(9), sha256(bytes))).json()).created, false)
  })

  test('loses nothing to a chunk of another hash or size, and takes the same chunk twice', async () => {
    const bytes = freshBytes(CHUNK + 500)
    const id = upload.parse((await mine.begin(bytes)).body).uploadId ?? ''
    const [first, last] = [pieceOf(bytes, 0), pieceOf(bytes, 1)]
    const sent = await Promise.all([mine.put(id, 0, first), mine.put(id, 0, first)])
    assert.ok(sent.every(({ status, body }) => status === 200 || body.code === 'upload_busy'))
    assert.equal((await mine.put(id, 0, first)).body.created, false)
    const wrong = [
      [await mine.put(id, 0, freshBytes(CHUNK), digestOf(first)), 'created'],
      [await mine.put(id, 1, last, digestOf(first)), 'hash_mismatch'],
      [await mine.put(id, 1, last.subarray(1)), 'chunk_size_wrong'],
      [await mine.put(id, 1, freshBytes(501)), 'chunk_size_wrong'],
      [await mine.put(id, 2, last), 'request_invalid'],
      [await mine.put(id, 1, last, 'md5=:AAAA:'), 'request_invalid'],
    ] as const
    for (const [answer, expected] of wrong) {
      if (expected === 'created') assert.equal(answer.body.created, false)
      else assert.equal(code(answer), expected)
    }
    assert.deepEqual((await mine.look(id)).there, [0])
    assert.equal((await mine.put(id, 1, last)).body.created, true)
    assert.equal((await mine.complete(id)).body.state, 'stored')
    assertSameBytes(await bytesAt(sha256(bytes)), bytes)
  })

  test('whose bytes have another hash than it was begun with is never served, and its name stays free', async () => {
    const [told, sent] = [freshBytes(CHUNK + 3), freshBytes(CHUNK + 3)]
    const id = await mine.filled(sent, { sha256: sha256(told) })
    const refused = await mine.complete(id)
    assert.deepEqual([refused.status, code(refused)], [422, 'hash_mismatch'])
    assert.equal((await mine.look(id)).state, 'refused')
    assert.equal((await blob(sha256(told))).status, 404)
    assert.equal((await blob(sha256(sent))).status, 404)
    assert.equal(code(await mine.put(id, 0, pieceOf(sent, 0))), 'upload_closed')
    const right = await mine.filled(told)
    assert.notEqual(right, id)
    await mine.put(right, 1, freshBytes(3))
    await mine.put(right, 1, pieceOf(told, 1))
    assert.equal((await mine.complete(right)).body.state, 'stored')
    assertSameBytes(await bytesAt(sha256(told)), told)
  })

  test('that several complete at once, also two wallets of the same bytes, ends once, with one object', async () => {
    const bytes = freshBytes(CHUNK + 77)
    const ids = [await mine.filled(bytes), await theirs.filled(bytes)] as const
    const answers = await Promise.all([
      ...Array.from({ length: 6 }, () => mine.complete(ids[0])),
      ...Array.from({ length: 6 }, () => theirs.complete(ids[1])),
    ])
    for (const answer of answers)
      assert.ok(answer.status === 200 || code(answer) === 'upload_busy', JSON.stringify(answer.body))
    assert.equal((await mine.complete(ids[0])).body.state, 'stored')
    assert.equal((await theirs.complete(ids[1])).body.state, 'stored')
    const left = (await edge.objects()).filter(key => ids.some(id => key.includes(id)))
    assert.equal(left.length, 1)
    assertSameBytes(await bytesAt(sha256(bytes)), bytes)
  })

  test('loses nothing when the store fails for once; what the store has lost is asked for anew', async () => {
    const bytes = freshBytes(300)
    const id = await mine.filled(bytes)
    const set = (change: string) =>
      run(`UPDATE uploads SET multipart_id = ${change} WHERE upload_id = '${id}'`)
    // Asked for an upload that it never began, the store says that something went wrong within it.
    await set("'not ' || multipart_id")
    assert.equal(code(await mine.complete(id)), 'upload_busy')
    assert.deepEqual((await mine.look(id)).there, [0])
    await set('substr(multipart_id, 5)')
    await run(`UPDATE upload_chunks SET etag = 'lost' WHERE upload_id = '${id}'`)
    assert.equal(code(await mine.complete(id)), 'upload_incomplete')
    assert.deepEqual((await mine.look(id)).there, [])
    await mine.put(id, 0, bytes)
    assert.equal((await mine.complete(id)).body.state, 'stored')
    assertSameBytes(await bytesAt(sha256(bytes)), bytes)
  })

  test('is its wallet’s own, and needs somebody who signed in', async () => {
    const bytes = freshBytes(200)
    const id = upload.parse((await mine.begin(bytes)).body).uploadId ?? ''
    for (const answer of [
      await theirs.put(id, 0, bytes),
      await theirs.complete(id),
      await theirs.drop(id),
      await mine.drop(crypto.randomUUID()),
    ])
      assert.equal(code(answer), 'upload_unknown')
    const nobody = uploader(edge, {})
    assert.equal(code(await nobody.begin(bytes)), 'session_missing')
    assert.equal(code(await nobody.put(id, 0, bytes)), 'session_missing')
    assert.equal((await mine.drop(id)).body.state, 'dropped')
    assert.equal(code(await mine.complete(id)), 'upload_closed')
  })
})

describe('limits', () => {
  test('a wallet has so many uploads and bytes under way, and begins so many bytes a day, also all at once', async () => {
    const begun = await Promise.all(Array.from({ length: 8 }, () => others.begin(freshBytes(100))))
    const let_ = begun.filter(({ status }) => status === 200)
    assert.equal(let_.length, 3)
    for (const answer of begun.filter(({ status }) => status !== 200))
      assert.deepEqual([answer.status, code(answer)], [429, 'upload_quota_spent'])
    for (const { body } of let_) await others.drop(body.uploadId)
    const sized = (sizeBytes: number) => others.begin(freshBytes(32), { sizeBytes })
    assert.equal(code(await sized(401 * MIB)), 'upload_quota_spent')
    const large = await sized(300 * MIB)
    assert.equal(large.status, 200)
    assert.equal(code(await sized(150 * MIB)), 'upload_quota_spent')
    await others.drop(large.body.uploadId)
    assert.equal(code(await sized(250 * MIB)), 'upload_quota_spent', 'what was dropped counts for the day')
    assert.equal((await sized(150 * MIB)).status, 200)
  })

  test('sizes and chunks that no store takes are refused before anything is begun', async () => {
    for (const change of [
      { sizeBytes: 0 },
      { sizeBytes: 8 * 1024 * MIB + 1 },
      { chunkBytes: CHUNK - MIB },
      { chunkBytes: CHUNK + 1 },
      { chunkBytes: 17 * MIB },
      { sha256: 'x' },
      { more: 1 },
    ])
      assert.equal(code(await mine.begin(freshBytes(10), change)), 'request_invalid', JSON.stringify(change))
  })

  test('without signing in, one network sends small blobs only, and so many bytes a day', async () => {
    const large = await putBlob(world, freshBytes(128 * 1024 + 1))
    assert.equal((await large.json()).code, 'body_too_large')
    const known = freshBytes(100_000)
    assert.equal((await putBlob(world, known)).status, 200)
    assert.equal((await putBlob(world, freshBytes(120_000))).status, 200)
    const spent = await putBlob(world, freshBytes(110_000))
    assert.deepEqual([spent.status, (await spent.json()).code], [429, 'unsigned_bytes_spent'])
    assert.equal((await putBlob(world, known)).status, 200, 'what is there already costs nothing')
    const kept = JSON.stringify((await run('SELECT network FROM unsigned_bytes')).results)
    assert.match(kept, /"[0-9a-f]{64}"/)
  })
})

describe('the clock', () => {
  test('drops an upload that no chunk reached for a day, with its chunks, and no other', async () => {
    const [old, young] = [freshBytes(CHUNK + 1), freshBytes(CHUNK + 1)]
    const oldId = upload.parse((await mine.begin(old)).body).uploadId ?? ''
    const youngId = upload.parse((await mine.begin(young)).body).uploadId ?? ''
    for (const id of [oldId, youngId]) await mine.put(id, 0, pieceOf(id === oldId ? old : young, 0))
    await run(`UPDATE uploads SET touched_at = touched_at - 86401 WHERE upload_id = '${oldId}'`)
    await edge.tick()
    assert.deepEqual([(await mine.look(oldId)).state, (await mine.look(youngId)).state], ['dropped', 'open'])
    const { results } = await run(`SELECT chunk FROM upload_chunks WHERE upload_id = '${oldId}'`)
    assert.equal(results.length, 0)
    await run(`UPDATE uploads SET created_at = created_at - 86401 WHERE upload_id = '${oldId}'`)
    await edge.tick()
    const gone = await mine.complete(oldId)
    assert.equal(code(gone), 'upload_unknown')
    await mine.drop(youngId)
  })

  test('goes on with the next job when one fails', async () => {
    const id = upload.parse((await mine.begin(freshBytes(90))).body).uploadId
    await run(`UPDATE uploads SET touched_at = touched_at - 86401 WHERE upload_id = '${id}'`)
    await run('ALTER TABLE unsigned_bytes RENAME TO mislaid')
    await edge.tick()
    await run('ALTER TABLE mislaid RENAME TO unsigned_bytes')
    assert.equal((await mine.look(id ?? '')).state, 'dropped')
  })

  test('ends what was cut off while it was checked, whether or not it had its name by then', async () => {
    const bytes = freshBytes(CHUNK + 9)
    const id = await mine.filled(bytes)
    await run(
      `UPDATE uploads SET state = 'checking', claim = 'dead', claimed_at = 1 WHERE upload_id = '${id}'`,
    )
    await edge.tick()
    assert.equal((await mine.look(id)).state, 'stored')
    assertSameBytes(await bytesAt(sha256(bytes)), bytes)
    const named = freshBytes(CHUNK + 10)
    const second = await mine.filled(named)
    const { results } = await run(`SELECT * FROM upload_chunks WHERE upload_id = '${second}'`)
    await mine.complete(second)
    for (const row of results) {
      const columns = Object.keys(row)
      const values = Object.values(row).map(value => (value === null ? 'NULL' : `'${value}'`))
      await run(`INSERT OR REPLACE INTO upload_chunks (${columns}) VALUES (${values})`)
    }
    await run(
      `UPDATE uploads SET state = 'checking', claim = 'dead', claimed_at = 1 WHERE upload_id = '${second}'`,
    )
    await edge.tick()
    assert.equal((await mine.look(second)).state, 'stored')
    assertSameBytes(await bytesAt(sha256(named)), named)
  })
})
