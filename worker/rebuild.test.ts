/** An edge's database comes back from the chain and any mirror, row for row, and what no chain holds is checked when it is posted again. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { cidText } from '@grimoire/schema/cid'
import { DERIVED, differingRows } from './compare.ts'
import { indexNow, ledgerOf, people, post, startWorld, type World } from './fixture.ts'
import { rebuild } from './rebuild.ts'
import {
  buyEditions,
  draftListing,
  publishWork,
  putBlob,
  registerOperator,
  sha256,
  signListing,
} from './seed.ts'

const { holder } = people
const folders: string[] = []
const bytes = (text: string) => new TextEncoder().encode(text)
/** A manifest that only an IPFS gateway has. */
let onlyOnIpfs: { workId: string; bytes: Uint8Array<ArrayBuffer> }
let world: World
let liar: Server
let gateway: Server

async function serve(answer: (path: string) => Uint8Array | null): Promise<Server> {
  const server = createServer((request, response) => {
    const body = answer(request.url ?? '')
    response.writeHead(body ? 200 : 404).end(body ?? undefined)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}
const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}` // Safety: it listens on a port.
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-rebuilt-'))
  folders.push(folder)
  return folder
}

async function list(nonce: number, quantity: number) {
  const { workId } = onlyOnIpfs
  const given = { seller: holder.address, workId, nonce: String(nonce), quantity, priceAtomic: '9000000' }
  const { listing, signature } = await signListing(world, holder, await draftListing(world, given))
  const { status } = await fetch(`${world.edge.url}/v1/listings`, post({ listing, signature }))
  assert.equal(status, 200)
}

before(async () => {
  world = await startWorld()
  await registerOperator(world)
  const one = await publishWork(world, { salt: 'one' })
  const unseen = await publishWork(world, { salt: 'two', title: 'Kept elsewhere' }, false)
  onlyOnIpfs = unseen
  await buyEditions(world, holder, one.workId, 2)
  await buyEditions(world, holder, unseen.workId, 3)
  await ledgerOf(world)(holder, 'works', 'cancel', [[7n]])
  await list(1, 2)
  await list(2, 1)
  await indexNow(world.edge)
  liar = await serve(() => bytes('not what was asked for'))
  gateway = await serve(path =>
    path === `/ipfs/${cidText({ kind: 'raw', sha256: sha256(unseen.bytes) })}` ? unseen.bytes : null,
  )
})
after(async () => {
  liar.close()
  gateway.close()
  await world.stop()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const again = (more: Partial<Parameters<typeof rebuild>[0]> = {}) =>
  rebuild({
    addresses: world.addresses,
    rpcUrls: [world.rpcUrl],
    into: newFolder(),
    mirrors: { edges: [urlOf(liar), world.edge.url], gateways: [urlOf(gateway)] },
    ...more,
  })

test('rows, words and blobs come back from chain, mirror and gateway; a lying mirror is passed by; orders are checked anew', async () => {
  // The known edge lacks these words: from here on both have them, from different places.
  await putBlob(world, onlyOnIpfs.bytes)
  await ledgerOf(world)(holder, 'works', 'cancel', [[2n]])
  await indexNow(world.edge)
  const known = world.edgeOptions.stateFolder
  const { comparison, blobs, posted, block } = await again({
    compareWith: known,
    ordersFrom: world.edge.url,
    mirrors: { edges: [urlOf(liar), world.edge.url], gateways: [] },
  })
  assert.equal(block, Number(await world.publicClient.getBlockNumber()))
  assert.ok(comparison)
  assert.deepEqual(
    comparison.tables.filter(({ missing, extra }) => missing + extra > 0),
    [],
  )
  const rows = Object.fromEntries(comparison.tables.map(table => [table.table, table.rows]))
  for (const table of ['works', 'texts', 'trades', 'earnings', 'earning_sums', 'nonces', 'operators'])
    assert.ok((rows[table] ?? 0) > 0, `${table} is compared, and not empty`)
  assert.deepEqual(Object.keys(rows), [...DERIVED])
  assert.equal(blobs.fetched, 2)
  assert.deepEqual(posted, { taken: 1, refused: {} }, 'the cancelled one is not shown any more')
})

test('a gateway alone brings what it has, by the hash; what nobody has is named', async () => {
  const { blobs } = await again({ mirrors: { edges: [urlOf(liar)], gateways: [urlOf(gateway)] } })
  assert.equal(blobs.fetched, 1)
  // The other manifest, and the parts that the manifests name.
  assert.ok(blobs.missing.length >= 1)
})

test('one changed row of the known edge is found', async () => {
  const db = await world.edge.database()
  await db.prepare(`UPDATE works SET minted = minted + 1 WHERE work_id = ?`).bind(onlyOnIpfs.workId).run()
  const { comparison } = await again({ compareWith: world.edgeOptions.stateFolder })
  assert.ok(comparison)
  const [difference] = comparison.tables.filter(({ missing, extra }) => missing + extra > 0)
  assert.deepEqual([difference?.table, difference?.missing, difference?.extra], ['works', 1, 1])
  assert.equal(differingRows(comparison), 2)
})

test('a folder with something in it is left alone', async () => {
  await assert.rejects(again({ into: world.edgeOptions.stateFolder }), { code: 'usage_invalid' })
})
