/** What the edge says a creator and an operator earned is, to the unit, what the ledger credits them. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { earningPayments, earningsAnswer } from '@grimoire/schema/earnings'
import { listingToChain } from '@grimoire/schema/listing'
import { indexNow, json, ledgerOf, type Person, people, startWorld, type World } from './fixture.ts'
import { buyEditions, draftListing, fund, publishWork, registerOperator, signListing } from './seed.ts'

const { creator, holder, stranger, operator } = people
const DAY = 86_400
let world: World
let call: ReturnType<typeof ledgerOf>
let parentId = ''
let childId = ''

const read = (functionName: 'splitterOf' | 'creditOf' | 'accruedOf', args: readonly unknown[]) =>
  world.publicClient.readContract({
    address: world.addresses.works,
    abi: worksAbi,
    functionName,
    args,
  } as Parameters<typeof world.publicClient.readContract>[0]) // Safety: a test's own call; the ledger refuses a wrong one.

/** Money reaches the splitter as a settled channel would bring it, and is shared out. */
async function answersFor(workId: string, amountAtomic: bigint) {
  const splitter = await read('splitterOf', [BigInt(workId), operator.address])
  await call(stranger, 'money', 'transfer', [splitter, amountAtomic])
  await call(stranger, 'works', 'collect', [BigInt(workId), operator.address])
}

async function resell(workId: string, nonce: number, priceAtomic: string) {
  const given = { seller: holder.address, workId, nonce: String(nonce), priceAtomic }
  const { listing, signature } = await signListing(world, holder, await draftListing(world, given))
  await call(stranger, 'works', 'buy', [listingToChain(listing), stranger.address, 1n, signature])
}

before(async () => {
  world = await startWorld()
  call = ledgerOf(world)
  await registerOperator(world)
  for (const who of [holder, stranger]) await fund(world, who)
  parentId = (await publishWork(world, { salt: 'parent', creator: stranger })).workId
  const parents = [{ workId: BigInt(parentId), shareBps: 333 }]
  childId = (await publishWork(world, { salt: 'child', parents, terms: { priceAtomic: '4999999' } })).workId
  for (let day = 0; day < 3; day++) {
    await buyEditions(world, holder, childId, day + 1)
    await resell(childId, day, `${7_000_001 + day}`)
    await answersFor(childId, 1_000_003n + BigInt(day))
    await world.testClient.increaseTime({ seconds: DAY })
  }
  await indexNow(world.edge)
})
after(() => world.stop())

const earned = async (who: Person, role: string, by: string) =>
  earningsAnswer.parse(
    (await json(world.edge, `/v1/earnings?address=${who.address}&role=${role}&by=${by}`)).body,
  )

async function everyPayment(who: Person, role: string, limit: number) {
  const rows = []
  for (let cursor = ''; ; ) {
    const path = `/v1/earnings/payments?address=${who.address}&role=${role}&limit=${limit}${cursor}`
    const page = earningPayments.parse((await json(world.edge, path)).body)
    rows.push(...page.earnings)
    if (page.nextCursor === null) return rows
    assert.equal(page.earnings.length, limit)
    cursor = `&cursor=${page.nextCursor}`
  }
}

const sum = (rows: readonly { amountAtomic: string }[]) =>
  rows.reduce((total, row) => total + BigInt(row.amountAtomic), 0n)

/** What the ledger owes: credited already, or still in the till of a work. */
async function owed(who: Person, workIds: string[]) {
  let total = (await read('creditOf', [who.address])) as bigint // Safety: the ABI's own type.
  for (const workId of workIds) {
    const [accrued] = (await read('accruedOf', [BigInt(workId)])) as [bigint, bigint]
    total += accrued
  }
  return total
}

test('all sums and all rows add up to what the ledger owes, for creator, parent and operator', async () => {
  for (const [who, role, workIds] of [
    [creator, 'creator', [childId]],
    [stranger, 'creator', [parentId]],
    [operator, 'operator', []],
  ] as [Person, string, string[]][]) {
    const expected = await owed(who, workIds)
    assert.ok(expected > 0n)
    const rows = await everyPayment(who, role, 2)
    assert.equal(sum(rows), expected, role)
    for (const by of ['day', 'work', 'kind']) {
      const { sums, totalAtomic, payments } = await earned(who, role, by)
      assert.deepEqual([sum(sums), BigInt(totalAtomic), payments], [expected, expected, rows.length], by)
    }
  }
})

test('they are told apart by day, by work and by kind', async () => {
  const days = (await earned(creator, 'creator', 'day')).sums
  assert.deepEqual(
    days.map(row => row.payments),
    [3, 3, 3],
  )
  assert.deepEqual(
    days.map(row => row.group),
    days
      .map(row => row.group)
      .toSorted()
      .reverse(),
  )
  const kinds = (await earned(creator, 'creator', 'kind')).sums
  assert.deepEqual(
    kinds.map(row => row.group),
    ['answers', 'royalty', 'sale'],
  )
  assert.deepEqual((await earned(operator, 'operator', 'work')).sums.length, 1)
  const [, second] = days
  const path = `/v1/earnings/payments?address=${creator.address}&fromDay=${second?.group}&toDay=${second?.group}`
  const { earnings } = earningPayments.parse((await json(world.edge, path)).body)
  assert.equal(String(sum(earnings)), second?.amountAtomic)
})

test('each row names a transaction in which the ledger shared out that very sum', async () => {
  for (const row of (await everyPayment(operator, 'operator', 100)).slice(0, 2)) {
    const { logs } = await world.publicClient.getTransactionReceipt({ hash: row.transaction })
    const told = logs.some(log => log.data.includes(BigInt(row.amountAtomic).toString(16).padStart(64, '0')))
    assert.ok(told, row.transaction)
  }
})

test('as CSV they are the same rows, and the next page is named in the header', async () => {
  const path = `/v1/earnings/payments?address=${creator.address}&limit=4`
  const first = await fetch(world.edge.url + path, { headers: { accept: 'text/csv' } })
  assert.match(first.headers.get('content-type') ?? '', /^text\/csv/)
  const lines = (await first.text()).trim().split('\r\n')
  assert.equal(lines[0], 'time,kind,work_id,amount_atomic,block_number,transaction')
  const rows = (await everyPayment(creator, 'creator', 100)).slice(0, 4)
  assert.deepEqual(
    lines.slice(1).map(line => line.split(',').slice(3).join(',')),
    rows.map(row => [row.amountAtomic, row.blockNumber, row.transaction].join(',')),
  )
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
  assert.equal((await (await fetch(world.edge.url + next)).text()).trim().split('\r\n').length, 5)
  const days = await fetch(`${world.edge.url}/v1/earnings?address=${creator.address}&format=csv`)
  assert.match(await days.text(), /^day,amount_atomic,payments\r\n\d{4}-\d\d-\d\d,\d+,3\r\n/)
})

test('an abandoned branch takes its earnings with it', async () => {
  const before = await earned(creator, 'creator', 'day')
  const id = await world.testClient.snapshot()
  await buyEditions(world, holder, childId)
  await indexNow(world.edge)
  assert.notEqual((await earned(creator, 'creator', 'day')).totalAtomic, before.totalAtomic)
  await world.testClient.revert({ id })
  await world.testClient.mine({ blocks: 5 })
  await indexNow(world.edge)
  assert.deepEqual(await earned(creator, 'creator', 'day'), before)
})

test('a page reads no more rows than it shows', async () => {
  const db = await world.edge.database()
  const { meta } = await db
    .prepare(
      `SELECT * FROM earnings WHERE account = unhex(substr(?, 3)) AND role = 'creator' AND at <= ? AND (at, seq, kind) < (?, ?, ?)
       ORDER BY at DESC, seq DESC, kind DESC LIMIT 3`,
    )
    .bind(creator.address.toLowerCase(), 2 ** 40, 2 ** 40, 0, '')
    .all()
  assert.ok(Number(meta.rows_read) <= 4, String(meta.rows_read))
})

test('who earned nothing earned nothing; an unknown role or a broken cursor is named', async () => {
  const { totalAtomic, sums } = await earned(people.paymentKey, 'creator', 'day')
  assert.deepEqual([totalAtomic, sums], ['0', []])
  for (const [query, param] of [
    [`address=${creator.address}&role=owner`, 'role'],
    [`address=${creator.address}&cursor=abc`, 'cursor'],
    ['address=0x12', 'address'],
  ] as const) {
    const { status, body } = await json(world.edge, `/v1/earnings?${query}`)
    assert.deepEqual([status, body.error.param], [400, param])
  }
})
