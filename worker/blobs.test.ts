/** Blobs: only bytes under their own hash get in, and the same bytes come out, whole or in ranges. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { assertSameBytes, json, startWorld, type World } from './fixture.ts'
import { putBlob, sha256 } from './seed.ts'

const MAX_BYTES = 200_000
let world: World
before(async () => {
  world = await startWorld({ maxBlobBytes: MAX_BYTES })
})
after(() => world.stop())

const bytesOf = (size: number) => new Uint8Array(randomBytes(size))
const get = (name: string, headers: Record<string, string> = {}) =>
  fetch(`${world.edge.url}/v1/blobs/${name}`, { headers })

describe('storing', () => {
  test('bytes come back as they went in; sending them again changes nothing', async () => {
    const bytes = bytesOf(150_000)
    const first = await (await putBlob(world, bytes)).json()
    const again = await (await putBlob(world, bytes)).json()
    assert.deepEqual(first, { sha256: sha256(bytes), sizeBytes: 150_000, created: true })
    assert.deepEqual(again, { ...first, created: false })
    const response = await get(sha256(bytes))
    assert.equal(response.status, 200)
    assertSameBytes(new Uint8Array(await response.arrayBuffer()), bytes)
  })

  test('a body sent in pieces, without a length, is stored all the same', async () => {
    const bytes = bytesOf(90_000)
    const body = new Blob([bytes]).stream()
    const init = { method: 'PUT', body, duplex: 'half' } as RequestInit
    const response = await fetch(`${world.edge.url}/v1/blobs/${sha256(bytes)}`, init)
    assert.equal(response.status, 200)
    assert.equal((await get(sha256(bytes))).headers.get('content-length'), '90000')
  })

  test('bytes under another hash are refused, and nothing is kept', async () => {
    const name = sha256(bytesOf(10))
    const refused = await putBlob(world, bytesOf(1_000), name)
    assert.equal(refused.status, 422)
    assert.equal((await refused.json()).code, 'hash_mismatch')
    assert.equal((await get(name)).status, 404)
  })

  test('what is over the limit is refused, announced or not', async () => {
    const bytes = bytesOf(MAX_BYTES + 1)
    const announced = await putBlob(world, bytes)
    assert.deepEqual([announced.status, (await announced.json()).code], [413, 'body_too_large'])
    const init = { method: 'PUT', body: new Blob([bytes]).stream(), duplex: 'half' } as RequestInit
    const pieces = await fetch(`${world.edge.url}/v1/blobs/${sha256(bytes)}`, init)
    assert.deepEqual([pieces.status, (await pieces.json()).code], [413, 'body_too_large'])
    assert.equal((await get(sha256(bytes))).status, 404)
    assert.equal((await putBlob(world, bytesOf(MAX_BYTES))).status, 200)
  })

  test('names that are no hash, and an empty request, are refused', async () => {
    for (const name of [
      'abc',
      'A'.repeat(64),
      `${'a'.repeat(63)}g`,
      '..%2F..%2Fsecret',
      `${'a'.repeat(64)}.json`,
    ]) {
      const { status, body } = await json(world.edge, `/v1/blobs/${name}`, { method: 'PUT', body: 'x' })
      assert.deepEqual([status, body.code], [400, 'request_invalid'], name)
    }
    const empty = await json(world.edge, `/v1/blobs/${'a'.repeat(64)}`, { method: 'PUT' })
    assert.deepEqual([empty.status, empty.body.code], [422, 'hash_mismatch'])
  })
})

describe('fetching', () => {
  let name = ''
  let bytes: Uint8Array<ArrayBuffer>
  before(async () => {
    bytes = bytesOf(1_000)
    name = sha256(bytes)
    await putBlob(world, bytes)
  })

  test('an answer is immutable, named by its hash, and inert in a browser', async () => {
    const { headers } = await get(name)
    assert.equal(headers.get('etag'), `"${name}"`)
    assert.match(headers.get('cache-control') ?? '', /immutable/)
    assert.equal(headers.get('content-type'), 'application/octet-stream')
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.match(headers.get('content-security-policy') ?? '', /sandbox/)
    assert.equal((await get(name, { 'if-none-match': `"${name}"` })).status, 304)
  })

  test('a download goes on where it stopped', async () => {
    for (const [range, from, to] of [
      ['bytes=0-99', 0, 100],
      ['bytes=900-', 900, 1_000],
      ['bytes=-10', 990, 1_000],
      ['bytes=990-5000', 990, 1_000],
    ] as const) {
      const response = await get(name, { range })
      assert.equal(response.status, 206, range)
      assert.equal(response.headers.get('content-range'), `bytes ${from}-${to - 1}/1000`)
      assertSameBytes(new Uint8Array(await response.arrayBuffer()), bytes.slice(from, to))
    }
    assert.equal((await get(name, { range: 'bytes=1000-' })).status, 416)
    for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=-', 'bytes=9-3'])
      assert.equal((await get(name, { range })).status, 200, range)
  })

  test('HEAD tells the size without the bytes; an unknown hash is 404', async () => {
    const head = await fetch(`${world.edge.url}/v1/blobs/${name}`, { method: 'HEAD' })
    assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '1000', ''])
    const { status, body } = await json(world.edge, `/v1/blobs/${'0'.repeat(64)}`)
    assert.deepEqual([status, body.code], [404, 'part_missing'])
  })
})
