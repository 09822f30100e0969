/** Downloads: whole, in ranges and by their names on IPFS, each to be checked against its name; and how long what is downloaded is kept. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { cidText, readCid } from '@grimoire/schema/cid'
import { linksOf } from '@grimoire/schema/file-dag'
import { upload } from '@grimoire/schema/upload'
import { CarReader } from '@ipld/car'
import { importBytes } from 'ipfs-unixfs-importer'
import type { CID } from 'multiformats/cid'
import { assertSameBytes, indexNow, people, startWorld, type World } from './fixture.ts'
import { checkAnswersOf } from './fixture-answers.ts'
import { CHUNK, freshBytes, MIB, uploader } from './fixture-upload.ts'
import { type LocalEdge, startEdge } from './local.ts'
import { publishWork, putBlob, sha256, signedInAs } from './seed.ts'

const large = freshBytes(CHUNK + 2 * MIB + 123)
const small = freshBytes(5_000)
const smallCid = cidText({ kind: 'raw', sha256: sha256(small) })
/** Named by nothing on the ledger, and begins as the large one does. */
const orphan = new Uint8Array([...large.subarray(0, CHUNK), ...freshBytes(40)])
const again = freshBytes(2_001)
let largeCid = ''
let contentHash = ''
let world: World
let edge: LocalEdge

before(async () => {
  world = await startWorld()
  edge = world.edge
  const { filled, complete } = uploader(world.edge, await signedInAs(world, people.creator))
  await putBlob(world, small)
  largeCid = upload.parse((await complete(await filled(large))).body).cid ?? ''
  await complete(await filled(orphan))
  await putBlob(world, again)
  const named = await publishWork(world, { salt: 'of a large part', partHash: sha256(large) })
  contentHash = named.contentHash
})
after(async () => {
  await edge.stop()
  await world.stop()
})

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(edge.url + path, { headers, method })
const bytesOf = async (answer: Response) => new Uint8Array(await answer.arrayBuffer())

/** What IPFS's own library makes of the large file. */
async function imported() {
  const blocks = new Map<string, Uint8Array>()
  const put = async (cid: CID, bytes: Uint8Array) => {
    blocks.set(cid.toString(), bytes)
    return cid
  }
  const store = { put } as unknown as Parameters<typeof importBytes>[1] // Safety: the importer of one file only puts.
  const { cid } = await importBytes(large, store, { profile: 'unixfs-v1-2025' })
  return { cid: cid.toString(), blocks }
}

/** What the leaves of a CAR hold, one after the other, each of which was checked against its name. */
async function fileIn(car: CarReader): Promise<Uint8Array> {
  const leaves: Uint8Array[] = []
  for await (const { cid, bytes } of car.blocks()) {
    const name = readCid(cid.toString())
    assert.equal(name?.sha256, sha256(bytes))
    if (name?.kind === 'raw') leaves.push(bytes)
  }
  return Buffer.concat(leaves)
}

describe('a download', () => {
  test('goes on in ranges over what was put together from chunks', async () => {
    const path = `/v1/blobs/${sha256(large)}`
    for (const [range, from, to] of [
      [`bytes=${CHUNK - 10}-${CHUNK + 9}`, CHUNK - 10, CHUNK + 10],
      ['bytes=-1', large.length - 1, large.length],
      [`bytes=${large.length - 1}-`, large.length - 1, large.length],
      [`bytes=-${large.length + 5}`, 0, large.length],
    ] as const) {
      const answer = await get(path, { range })
      assert.equal(answer.status, 206, range)
      assert.equal(answer.headers.get('content-range'), `bytes ${from}-${to - 1}/${large.length}`)
      assertSameBytes(await bytesOf(answer), large.subarray(from, to))
    }
    const behind = await get(path, { range: `bytes=${large.length}-` })
    assert.deepEqual([behind.status, behind.headers.get('content-range')], [416, `bytes */${large.length}`])
    assert.equal((await get(path, { range: 'bytes=0-0,2-2' })).status, 200)
    const head = await get(path, { range: 'bytes=0-1' }, 'HEAD')
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(large.length)])
  })

  test('goes on only with the same thing: `If-Range` with any other tag or a date is answered with the whole', async () => {
    const path = `/v1/blobs/${sha256(small)}`
    const tag = `"${sha256(small)}"`
    const range = 'bytes=10-19'
    const right = await get(path, { range, 'if-range': tag })
    assert.deepEqual([right.status, (await bytesOf(right)).length], [206, 10])
    for (const other of ['"other"', `W/${tag}`, 'Wed, 21 Oct 2015 07:28:00 GMT']) {
      const whole = await get(path, { range, 'if-range': other })
      assert.deepEqual([whole.status, (await bytesOf(whole)).length], [200, small.length], other)
    }
    for (const known of [tag, `"a", ${tag}`, '*', `W/${tag}`])
      assert.equal((await get(path, { 'if-none-match': known })).status, 304, known)
  })

  test('says what the same bytes are called on IPFS', async () => {
    const { headers } = await get(`/v1/blobs/${sha256(large)}`, {}, 'HEAD')
    assert.equal(headers.get('x-ipfs-roots'), largeCid)
    assert.equal((await get(`/v1/blobs/${sha256(small)}`, {}, 'HEAD')).headers.get('x-ipfs-roots'), smallCid)
  })
})

describe('by its name on IPFS', () => {
  test('a part is served as bytes and in ranges, with nothing that a browser would run', async () => {
    for (const [cid, bytes] of [
      [smallCid, small],
      [largeCid, large],
    ] as const) {
      const answer = await get(`/ipfs/${cid}`)
      assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
      assert.match(answer.headers.get('content-security-policy') ?? '', /sandbox/)
      assert.equal(answer.headers.get('x-ipfs-roots'), cid)
      assertSameBytes(await bytesOf(answer), bytes)
      const part = await get(`/ipfs/${cid}`, { range: 'bytes=100-199' })
      assert.equal(part.status, 206)
      assertSameBytes(await bytesOf(part), bytes.subarray(100, 200))
    }
  })

  test('every block is the one that IPFS’s own library makes, asked for one by one', async () => {
    const known = await imported()
    assert.equal(known.cid, largeCid)
    for (const [cid, block] of known.blocks) {
      const answer = await get(`/ipfs/${cid}?format=raw`)
      assert.equal(answer.headers.get('content-type'), 'application/vnd.ipld.raw')
      assertSameBytes(await bytesOf(answer), block)
    }
    const root = await get(`/ipfs/${largeCid}`, { accept: 'application/vnd.ipld.raw' })
    assert.equal(linksOf(await bytesOf(root)).length, 8)
    assert.equal(root.headers.get('etag'), `"${largeCid}.raw"`)
  })

  test('a CAR holds the whole file, each block under its own hash, in order', async () => {
    const answer = await get(`/ipfs/${largeCid}`, { accept: 'application/vnd.ipld.car; version=1' })
    assert.match(answer.headers.get('content-type') ?? '', /^application\/vnd\.ipld\.car; version=1/)
    const car = await CarReader.fromBytes(await bytesOf(answer))
    assert.deepEqual((await car.getRoots()).map(String), [largeCid])
    assertSameBytes(await fileIn(car), large)
    const alone = await CarReader.fromBytes(
      await bytesOf(await get(`/ipfs/${largeCid}?format=car&dag-scope=block`)),
    )
    const left: string[] = []
    for await (const { cid } of alone.blocks()) left.push(cid.toString())
    assert.deepEqual(left, [largeCid])
    const tiny = await CarReader.fromBytes(await bytesOf(await get(`/ipfs/${smallCid}?format=car`)))
    for await (const { cid, bytes } of tiny.blocks()) {
      assert.equal(cid.toString(), smallCid)
      assertSameBytes(bytes, small)
    }
    const etag = answer.headers.get('etag') ?? ''
    assert.equal((await get(`/ipfs/${largeCid}?format=car`, { 'if-none-match': etag })).status, 304)
    assert.equal((await get(`/ipfs/${largeCid}?format=car`, {}, 'HEAD')).status, 200)
  })

  test('names of nothing here, and names that are none, are refused', async () => {
    for (const kind of ['raw', 'node'] as const) {
      const answer = await get(`/ipfs/${cidText({ kind, sha256: '0'.repeat(64) })}`)
      assert.deepEqual([answer.status, (await answer.json()).code], [404, 'part_missing'])
    }
    for (const text of ['QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKZXk2', 'x', smallCid.toUpperCase()]) {
      const answer = await get(`/ipfs/${text}`)
      assert.deepEqual([answer.status, (await answer.json()).code], [400, 'request_invalid'], text)
    }
  })
})

describe('what is kept', () => {
  const isThere = async (bytes: Uint8Array | string) => {
    const name = typeof bytes === 'string' ? bytes : sha256(bytes)
    return (await get(`/v1/blobs/${name}`, {}, 'HEAD')).status === 200
  }
  const run = async (query: string) => (await edge.database()).prepare(query).all()

  test('nothing goes before its time, and nothing on the word of an index that has stopped', async () => {
    await indexNow(edge)
    await edge.tick()
    for (const bytes of [large, small, orphan, again]) assert.ok(await isThere(bytes))
    await edge.stop()
    edge = await startEdge({ ...world.edgeOptions, vars: { BLOBS_KEPT_SECONDS: '0' } })
    world.edge = edge
    checkAnswersOf(edge.url)
    await run('DELETE FROM blob_sweep')
    await run("UPDATE cursor SET halted = 1, reason = 'a test stopped it'")
    await edge.tick()
    for (const bytes of [large, small, orphan, again]) assert.ok(await isThere(bytes))
    await run("UPDATE cursor SET halted = 0, reason = NULL, ledger = 'not ' || ledger")
    await edge.tick()
    for (const bytes of [large, small, orphan, again]) assert.ok(await isThere(bytes))
    await run('UPDATE cursor SET ledger = substr(ledger, 5)')
  })

  test('then what no work names goes, with its blocks; a work’s manifest and parts stay, and what was just sent again', async () => {
    assert.equal((await (await putBlob(world, again)).json()).created, false)
    await run(`UPDATE blob_touches SET at = at + 3600 WHERE sha256 = '${sha256(again)}'`)
    await edge.tick()
    for (const kept of [large, contentHash, again]) assert.ok(await isThere(kept))
    for (const gone of [orphan, small]) assert.ok(!(await isThere(gone)))
    const { results } = await run('SELECT DISTINCT sha256 AS name FROM dag_leaves')
    assert.deepEqual(results, [{ name: sha256(large) }])
    const left = await edge.objects()
    for (const folder of ['uploads/', 'dag/'])
      assert.equal(left.filter(key => key.startsWith(folder)).length, 1, folder)
    // What was dropped began with the same leaves.
    for (let from = 0; from < large.length; from += MIB) {
      const leaf = large.subarray(from, from + MIB)
      const name = cidText({ kind: 'raw', sha256: sha256(leaf) })
      assertSameBytes(await bytesOf(await get(`/ipfs/${name}`)), leaf)
    }
    const car = await CarReader.fromBytes(await bytesOf(await get(`/ipfs/${largeCid}?format=car`)))
    assertSameBytes(await fileIn(car), large)
  })
})
