/** Proofs of opening at the edge: taken when the chain agrees, counted while they hold, and no more than a copy. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { workDetail, worksPage } from '@grimoire/schema/catalogue'
import { outputHash, requestHash } from '@grimoire/schema/chat'
import { hashToBytes32 } from '@grimoire/schema/hex'
import { manifestBytes } from '@grimoire/schema/manifest'
import { type Opening, openingsPage, openingTypedData, type SignedOpening } from '@grimoire/schema/opening'
import { NO_RECEIPT, type Receipt, receiptHash, receiptTypedData } from '@grimoire/schema/receipt'
import {
  indexNow,
  json,
  ledgerOf,
  type Person,
  people,
  person,
  post,
  startWorld,
  type World,
} from './fixture.ts'
import { startEdge } from './local.ts'
import { chainSeconds, manifestOf, publishWork, putBlob, registerOperator, sha256 } from './seed.ts'

let world: World
let workId = ''
let contentHash = ''
const { operator, paymentKey } = people
const request = { model: 'a work', messages: [{ role: 'user', content: 'Who are you?' }] }
const output = 'Mira.'

before(async () => {
  world = await startWorld()
  await registerOperator(world)
  const published = await publishWork(world, { salt: 'proven', title: 'Proven' })
  workId = published.workId
  contentHash = published.contentHash
  await indexNow(world.edge)
})
after(() => world.stop())

/** Samples agree with the opening, whatever is changed of it: the ledger is what contradicts. */
async function proofOf(
  change: Partial<Opening> = {},
  { signer = paymentKey, holder = people.creator }: { signer?: Person; holder?: Person } = {},
): Promise<SignedOpening> {
  const { chainId, works } = world.addresses
  const { base, parts } = manifestOf(world, workId, { salt: 'proven', title: 'Proven' })
  const about = {
    ...{ chainId, works, workId: change.workId ?? workId, version: change.version ?? 1 },
    operator: change.operator ?? operator.address,
    baseModelSha256: change.baseModelSha256 ?? base.sha256,
  }
  const now = await chainSeconds(world)
  const zeros = {
    inputBytes: 12,
    outputBytes: 5,
    inputTokens: 3,
    outputTokens: 2,
    chargedAtomic: '0',
    cumulativeAtomic: '0',
  }
  const split = { creatorAtomic: '0', parentsAtomic: '0', operatorAtomic: '0', protocolAtomic: '0' }
  const receipt: Receipt = {
    ...{ ...about, ...zeros, split, sequence: 1, previousHash: NO_RECEIPT, engineBuild: 'llama.cpp test' },
    ...{ holder: holder.address, channelId: NO_RECEIPT, servedAtSeconds: now },
    ...{ requestHash: requestHash(request), outputHash: outputHash(output) },
  }
  const sample = {
    request,
    output,
    receipt,
    signature: await signer.signTypedData(receiptTypedData(receipt)),
  }
  const opening: Opening = {
    ...{ ...about, contentHash, engineBuild: 'llama.cpp test', openedAtSeconds: now },
    partHashes: parts.map(part => part.sha256),
    sampleReceiptHashes: [receiptHash(receipt)],
    ...change,
  }
  return { opening, signature: await signer.signTypedData(openingTypedData(opening)), samples: [sample] }
}

const send = (proof: unknown, id = workId) => json(world.edge, `/v1/works/${id}/openings`, post(proof))
const shown = async () =>
  openingsPage.parse((await json(world.edge, `/v1/works/${workId}/openings`)).body).openings
const counted = async () => {
  const [list, one] = await Promise.all([
    json(world.edge, '/v1/works'),
    json(world.edge, `/v1/works/${workId}`),
  ])
  const { openings } = workDetail.parse(one.body)
  const told = worksPage.parse(list.body).works.find(work => work.workId === workId)
  assert.equal(told?.openings, openings)
  return openings
}

test('a work is unproven until a proof is posted, and the same or a later proof of one operator counts once', async () => {
  assert.equal(await counted(), 0)
  const proof = await proofOf()
  for (const _ of [1, 2]) {
    const { status, body } = await send(proof)
    assert.equal(status, 200, JSON.stringify(body))
  }
  const later = await proofOf({ openedAtSeconds: proof.opening.openedAtSeconds + 1 })
  assert.equal((await send(later)).status, 200)
  assert.equal((await send(proof)).status, 200, 'an earlier one changes nothing')
  assert.deepEqual(await shown(), [later])
  assert.equal(await counted(), 1)
})

test('what the chain or the manifest contradicts is refused, and says which word', async () => {
  const codeOf = async (proof: SignedOpening, id?: string) => {
    const { body } = await send(proof, id)
    return [body.code, body.error?.param ?? null]
  }
  const cases: [SignedOpening, [string, string | null]][] = [
    [await proofOf({}, { signer: people.stranger }), ['opening_invalid', 'signature']],
    [await proofOf({}, { holder: people.stranger }), ['opening_invalid', 'samples.0.holder']],
    [await proofOf({ contentHash: 'a'.repeat(64) }), ['opening_invalid', 'contentHash']],
    [await proofOf({ baseModelSha256: 'b'.repeat(64) }), ['opening_invalid', 'baseModelSha256']],
    [await proofOf({ partHashes: ['c'.repeat(64)] }), ['opening_invalid', 'partHashes']],
    [await proofOf({ version: 2 }), ['version_unknown', null]],
    [await proofOf({ operator: people.stranger.address }), ['not_bonded', null]],
    [await proofOf({ openedAtSeconds: 4_000_000_000 }), ['opening_invalid', 'openedAtSeconds']],
  ]
  for (const [proof, expected] of cases) assert.deepEqual(await codeOf(proof), expected)
  const good = await proofOf()
  const [sample] = good.samples
  assert.ok(sample)
  const reworded = { ...good, samples: [{ ...sample, output: 'Flint.' }] }
  assert.deepEqual(await codeOf(reworded), ['opening_invalid', 'samples.0.outputHash'])
  assert.deepEqual(await codeOf(good, '7'), ['opening_invalid', 'opening.workId'])
  const unknown = { ...good, opening: { ...good.opening, workId: '7' } }
  assert.deepEqual(await codeOf(unknown, '7'), ['work_unknown', null])
  const { status, body } = await send({ ...good, samples: [{ ...sample, output: 'x'.repeat(70_000) }] })
  assert.deepEqual([status, body.code], [413, 'body_too_large'])
})

test('what does not hold by itself is refused before the chain is asked anything', async () => {
  const { edgeOptions } = world
  const stateFolder = mkdtempSync(join(tmpdir(), 'grimoire-deaf-'))
  cpSync(edgeOptions.stateFolder, stateFolder, { recursive: true })
  const deaf = await startEdge({ ...edgeOptions, stateFolder, rpcUrl: 'http://127.0.0.1:9' })
  try {
    const good = await proofOf()
    const path = `/v1/works/${workId}/openings`
    const forged = { ...good, signature: await people.stranger.signTypedData(openingTypedData(good.opening)) }
    const { body } = await json(deaf, path, post(forged))
    assert.deepEqual([body.code, body.error?.param], ['opening_invalid', 'signature'])
    assert.equal((await json(deaf, path, post(good))).body.code, 'chain_unreachable')
  } finally {
    await deaf.stop()
    rmSync(stateFolder, { recursive: true, force: true })
  }
})

test('a bonded operator that the work does not admit cannot repeat a proof as its own', async () => {
  const other = person(8)
  await registerOperator(world, { operator: other, paymentKey: person(9) })
  await indexNow(world.edge)
  const { status, body } = await send(await proofOf({ operator: other.address }, { signer: person(9) }))
  assert.deepEqual([status, body.code], [403, 'not_admitted'])
  assert.equal(await counted(), 1)
})

test('a proof of a work whose manifest this edge lacks is refused, and taken once it is there', async () => {
  const draft = { salt: 'bare', title: 'Bare' }
  const bare = await publishWork(world, draft, false)
  await indexNow(world.edge)
  const { base, parts } = manifestOf(world, bare.workId, draft)
  const change = { workId: bare.workId, contentHash: bare.contentHash, baseModelSha256: base.sha256 }
  const proof = await proofOf({ ...change, partHashes: parts.map(({ sha256 }) => sha256) })
  assert.equal((await send(proof, bare.workId)).body.code, 'manifest_missing')
  await putBlob(world, bare.bytes)
  assert.equal((await send(proof, bare.workId)).status, 200)
})

test('of one operator and work only the newest version’s proof is kept', async () => {
  const draft = { salt: 'twice', title: 'Twice' }
  const first = await publishWork(world, draft)
  const bytes = manifestBytes(manifestOf(world, first.workId, draft, 2))
  await putBlob(world, bytes)
  const args = [BigInt(first.workId), hashToBytes32(sha256(bytes))]
  await ledgerOf(world)(people.creator, 'works', 'publishVersion', args)
  await indexNow(world.edge)
  const { workId: id } = first
  const proofs = [
    await proofOf({ workId: id, contentHash: first.contentHash }),
    await proofOf({ workId: id, contentHash: sha256(bytes), version: 2 }),
  ]
  for (const proof of [...proofs, ...proofs]) assert.equal((await send(proof, id)).status, 200)
  const answer = await json(world.edge, `/v1/works/${id}/openings`)
  assert.deepEqual(openingsPage.parse(answer.body).openings, proofs.slice(1))
  assert.match(answer.headers.get('cache-control') ?? '', /max-age=\d+/)
})

test('many bonds crowd out nobody whom the work names: it comes first, and the table holds so many and no more', async () => {
  const database = await world.edge.database()
  const proof = await proofOf()
  const old = JSON.stringify(proof)
  const sybil = (index: number) => `0x${index.toString(16).padStart(40, '0')}`
  const each = (sql: string, rest: readonly unknown[]) =>
    Array.from({ length: 40 }, (_, index) => database.prepare(sql).bind(sybil(index), ...rest))
  const key = paymentKey.address.toLowerCase()
  const ahead = proof.opening.openedAtSeconds + 500
  await database.batch([
    ...each(
      `INSERT INTO operators (operator, endpoint, session_key, payment_key, turn_fee_atomic, input_atomic,
        output_atomic, bond_atomic, registered_at) VALUES (?1, '', ?1, ?2, 0, 0, 0, '900000000000', 0)`,
      [key],
    ),
    ...each(
      `INSERT INTO openings (operator, work_id, version, content_hash, payment_key, opened_at, proof)
        VALUES (?, ?, 1, ?, ?, ?, ?)`,
      [workId, contentHash, key, ahead, old],
    ),
  ])
  const mine = await proofOf({ openedAtSeconds: ahead + 1 })
  assert.equal((await send(mine)).status, 200)
  const all = await shown()
  assert.deepEqual([all[0], all.length], [mine, 32])
  assert.equal(await counted(), 32)
  await database.prepare("DELETE FROM openings WHERE operator LIKE '0x00000000%'").run()
  await database.prepare("DELETE FROM operators WHERE operator LIKE '0x00000000%'").run()
})

test('one bond keeps so many proofs and no more, the latest ones', async () => {
  const database = await world.edge.database()
  const rows = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
    INSERT INTO openings (operator, work_id, version, content_hash, payment_key, opened_at, proof)
    SELECT ?, 'w' || i, 1, '', '', i, '' FROM n`
  const lower = operator.address.toLowerCase()
  await database.prepare(rows).bind(lower).run()
  assert.equal(
    (await send(await proofOf({ openedAtSeconds: (await chainSeconds(world)) + 550 }))).status,
    200,
  )
  const count = 'SELECT count(*) AS kept, min(opened_at) AS oldest FROM openings WHERE operator = ?'
  const [kept] = (await database.prepare(count).bind(lower).all()).results
  assert.equal(kept?.kept, 1_000)
  assert.ok(Number(kept.oldest) > 200)
  assert.equal(await counted(), 1)
})

test('a proof counts and is shown while its operator is bonded, and not while it unbonds', async () => {
  const call = ledgerOf(world)
  await call(operator, 'operators', 'beginUnbonding', [])
  await indexNow(world.edge)
  assert.deepEqual([await counted(), await shown()], [0, []])
  await call(operator, 'operators', 'cancelUnbonding', [])
  await indexNow(world.edge)
  assert.deepEqual([await counted(), (await shown()).length], [1, 1])
})

test('a proof stops counting when its operator takes another key', async () => {
  assert.equal(await counted(), 1)
  const prices = { turnFeeAtomic: 1, inputPerMillionBytesAtomic: 1, outputPerMillionBytesAtomic: 1 }
  const card = ['https://node.example', person(10).address, prices]
  await ledgerOf(world)(operator, 'operators', 'update', card)
  await indexNow(world.edge)
  assert.equal(await counted(), 0)
  assert.deepEqual(await shown(), [])
})
