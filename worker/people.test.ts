/** What signed-in people keep and say here, and what moderators hide: each sees their own, the log is for everyone. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { workDetail } from '@grimoire/schema/catalogue'
import { moderationPage, REPORTS_PER_DAY, reportsPage } from '@grimoire/schema/moderation'
import { favouritesPage, profile } from '@grimoire/schema/profile'
import { indexNow, json, people, post, startWorld, type World } from './fixture.ts'
import { buyEditions, draftListing, publishWork, signedInAs, signListing } from './seed.ts'

const { creator, holder, stranger } = people
const WORKS = 22
let world: World
const workIds: string[] = []
let asHolder: Record<string, string>
let asStranger: Record<string, string>
let asModerator: Record<string, string>
before(async () => {
  world = await startWorld({ writesPerMinute: 1_000_000, moderators: [creator.address.toLowerCase()] })
  for (let at = 0; at < WORKS; at++) {
    workIds.push((await publishWork(world, { salt: `work ${at}`, title: `Lantern ${at}` })).workId)
  }
  await indexNow(world.edge)
  asHolder = await signedInAs(world, holder)
  asStranger = await signedInAs(world, stranger)
  asModerator = await signedInAs(world, creator)
})
after(() => world.stop())

const send = (method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  json(world.edge, path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const refusedAs = async (code: string, answer: ReturnType<typeof send>) => {
  const { status, body } = await answer
  assert.deepEqual([body.code, status], [code, body.status], JSON.stringify(body))
}

test('whatever needs somebody refuses nobody, a made-up token and a session that has ended', async () => {
  const ended = await signedInAs(world, stranger)
  await send('DELETE', '/v1/session', ended)
  for (const headers of [{}, { authorization: 'Bearer grs_00' }, ended] as Record<string, string>[]) {
    for (const [method, path, body] of [
      ['PUT', '/v1/profile', { name: '', bio: '', links: [] }],
      ['GET', '/v1/favourites'],
      ['PUT', `/v1/favourites/${workIds[0]}`],
      ['DELETE', `/v1/favourites/${workIds[0]}`],
      ['POST', '/v1/reports', { workId: workIds[0], reason: 'spam', text: '' }],
      ['GET', '/v1/reports'],
      ['POST', '/v1/moderation', { workId: workIds[0], action: 'hide', reason: 'spam', note: '' }],
    ] as const) {
      await refusedAs('session_missing', send(method, path, headers, body))
    }
  }
})

describe('a profile', () => {
  const words = { name: 'Ada 🧙‍♀️', bio: 'One line.\nAnother.', links: ['https://ada.example/'] }

  test('is shown to everyone, is its wallet’s alone to change, and goes when it is emptied', async () => {
    const shown = async () => profile.parse((await json(world.edge, `/v1/profiles/${holder.address}`)).body)
    assert.equal((await shown()).updatedAtSeconds, null)
    assert.equal((await send('PUT', '/v1/profile', asHolder, words)).status, 200)
    await send('PUT', '/v1/profile', asStranger, { ...words, name: 'Mallory' })
    const { updatedAtSeconds, ...told } = await shown()
    assert.ok(updatedAtSeconds)
    assert.deepEqual(told, { wallet: holder.address, ...words })
    await send('PUT', '/v1/profile', asHolder, { name: '', bio: ' ', links: [] })
    assert.deepEqual((await shown()).updatedAtSeconds, null)
  })

  test('takes plain words of bounded length, and links to https alone', async () => {
    for (const change of [
      { name: 'x'.repeat(61) },
      { name: 'two\nlines' },
      { name: 'turned \u202e round' },
      { bio: 'x'.repeat(601) },
      { bio: 'zero\u0000' },
      { links: ['javascript:alert(1)'] },
      { links: ['http://ada.example'] },
      { links: ['https://ada@evil.example'] },
      { links: Array.from({ length: 6 }, () => 'https://ada.example') },
      { wallet: stranger.address },
    ]) {
      await refusedAs('request_invalid', send('PUT', '/v1/profile', asHolder, { ...words, ...change }))
    }
    await refusedAs('body_too_large', send('PUT', '/v1/profile', asHolder, { bio: 'x'.repeat(9_000) }))
    await refusedAs('request_invalid', send('GET', '/v1/profiles/0x12', {}))
  })
})

describe('favourites', () => {
  test('are their wallet’s own, a page at a time, each kept once', async () => {
    const path = (workId?: string) => `/v1/favourites/${workId}`
    for (const workId of [...workIds.slice(0, 3), ...workIds.slice(0, 3)])
      await send('PUT', path(workId), asHolder)
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const page = favouritesPage.parse((await send('GET', `/v1/favourites?limit=2${query}`, asHolder)).body)
      seen.push(...page.favourites.map(row => row.workId))
      cursor = page.nextCursor
    }
    assert.deepEqual(seen.toSorted(), workIds.slice(0, 3).toSorted())
    assert.deepEqual((await send('GET', '/v1/favourites', asStranger)).body.favourites, [])
    await send('DELETE', path(workIds[0]), asStranger)
    await send('DELETE', path(workIds[1]), asHolder)
    const left = favouritesPage.parse((await send('GET', '/v1/favourites', asHolder)).body).favourites
    assert.deepEqual(left.map(row => row.workId).toSorted(), [workIds[0], workIds[2]].toSorted())
    await refusedAs('work_unknown', send('PUT', path('42'), asHolder))
    await refusedAs('request_invalid', send('PUT', path('-1'), asHolder))
  })
})

describe('reports', () => {
  const said = { reason: 'infringing', text: 'Copied from mine.' }

  test('are read by moderators alone; the same wallet’s second on a work replaces its first', async () => {
    await send('POST', '/v1/reports', asStranger, { workId: workIds[0], ...said })
    const again = { workId: workIds[0], ...said, text: 'Copied, word for word.' }
    assert.equal((await send('POST', '/v1/reports', asStranger, again)).status, 200)
    await refusedAs('not_moderator', send('GET', '/v1/reports', asStranger))
    const { reports } = reportsPage.parse((await send('GET', '/v1/reports', asModerator)).body)
    assert.deepEqual(
      reports.map(({ reporter, workId, text }) => [reporter, workId, text]),
      [[stranger.address, workIds[0], again.text]],
    )
  })

  test('have a reason of the list, words of bounded length, and a work; a wallet writes so many in a day', async () => {
    for (const change of [
      { reason: 'dislike' },
      { text: 'x'.repeat(1_001) },
      { text: '\u2066' },
      { reporter: holder.address },
    ]) {
      await refusedAs(
        'request_invalid',
        send('POST', '/v1/reports', asHolder, { workId: workIds[0], ...said, ...change }),
      )
    }
    await refusedAs('work_unknown', send('POST', '/v1/reports', asHolder, { workId: '42', ...said }))
    for (const workId of workIds.slice(0, REPORTS_PER_DAY)) {
      assert.equal((await send('POST', '/v1/reports', asHolder, { workId, ...said })).status, 200)
    }
    await refusedAs('reports_spent', send('POST', '/v1/reports', asHolder, { workId: workIds[21], ...said }))
  })
})

describe('moderation', () => {
  const act = (change = {}) => ({
    workId: workIds[5],
    action: 'hide',
    reason: 'unlawful',
    note: 'By order.',
    ...change,
  })
  const listed = async (query = '') =>
    (await json(world.edge, `/v1/works?limit=100${query}`)).body.works.map(
      ({ workId }: { workId: string }) => workId,
    )

  test('only a moderator hides; an unknown work, an unknown reason and showing what is not hidden are refused', async () => {
    await refusedAs('not_moderator', send('POST', '/v1/moderation', asHolder, act()))
    await refusedAs('work_unknown', send('POST', '/v1/moderation', asModerator, act({ workId: '42' })))
    await refusedAs(
      'request_invalid',
      send('POST', '/v1/moderation', asModerator, act({ reason: 'because' })),
    )
    await refusedAs('nothing_to_do', send('POST', '/v1/moderation', asModerator, act({ action: 'show' })))
    assert.deepEqual((await json(world.edge, '/v1/moderation')).body.entries, [])
  })

  test('a hidden work leaves lists and search, its page says why, and what people own and trade goes on', async () => {
    const workId = workIds[5] ?? ''
    await buyEditions(world, holder, workId, 2)
    await indexNow(world.edge)
    assert.equal((await send('POST', '/v1/moderation', asModerator, act())).status, 200)
    for (const query of ['', '&q=lantern', `&creator=${creator.address}`, '&sort=price', '&kind=chatbot']) {
      const rows = await listed(query)
      assert.ok(!rows.includes(workId) && rows.length === WORKS - 1, query)
    }
    const page = workDetail.parse((await json(world.edge, `/v1/works/${workId}`)).body)
    assert.deepEqual([page.hidden?.reason, page.hidden?.note, page.minted], ['unlawful', 'By order.', 2])
    assert.equal((await json(world.edge, `/v1/works/${workId}/card.png`)).body.code, 'not_found')
    const { holdings } = (await json(world.edge, `/v1/holdings?holder=${holder.address}`)).body
    assert.ok(
      holdings.some(
        (row: { workId: string; editions: number }) => row.workId === workId && row.editions === 2,
      ),
    )
    const listing = await draftListing(world, { seller: holder.address, workId, nonce: '1' })
    const signed = await signListing(world, holder, listing)
    assert.equal((await json(world.edge, '/v1/listings', post(signed))).status, 200)
    assert.equal((await json(world.edge, `/v1/listings?workId=${workId}`)).body.listings.length, 1)
    assert.equal((await json(world.edge, `/v1/metadata/${workId}`)).status, 200)
    assert.equal(
      (await send('POST', '/v1/moderation', asModerator, act({ action: 'show', note: 'Withdrawn.' }))).status,
      200,
    )
    assert.ok((await listed()).includes(workId))
    assert.equal((await json(world.edge, `/v1/works/${workId}`)).body.hidden, null)
  })

  test('the log tells all of it to everyone, and the database itself refuses to change it', async () => {
    const { entries, nextCursor } = moderationPage.parse(
      (await json(world.edge, '/v1/moderation?limit=1')).body,
    )
    const older = moderationPage.parse((await json(world.edge, `/v1/moderation?cursor=${nextCursor}`)).body)
    assert.deepEqual(
      [...entries, ...older.entries].map(({ action, workId, note, moderator }) => [
        action,
        workId,
        note,
        moderator,
      ]),
      [
        ['show', workIds[5], 'Withdrawn.', creator.address],
        ['hide', workIds[5], 'By order.', creator.address],
      ],
    )
    const db = await world.edge.database()
    for (const change of ['DELETE FROM moderation', `UPDATE moderation SET note = ''`]) {
      await assert.rejects(db.prepare(change).run(), /only ever added to/)
    }
  })
})
