/** What the client does at an edge as somebody: it signs in at the edge that it means, and nowhere else. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { people, startWorld, type World } from '@grimoire/worker/fixture'
import { publishWork } from '@grimoire/worker/seed'
import { nudgeEdge } from './edge.ts'
import { refusedAs, watched } from './fixture-refusal.ts'
import { createMarket, type Market } from './market.ts'
import { asSignedIn } from './session-of.ts'
import { openSessions, renewSession, signIn, signOut } from './sign-in.ts'
import {
  readFavourites,
  readModeration,
  readProfile,
  reportWork,
  setFavourite,
  writeProfile,
} from './visitor.ts'

let world: World
let market: Market
before(async () => {
  world = await startWorld({ writesPerMinute: 10_000 })
  const { addresses, publicClient, edge } = world
  market = createMarket({ addresses, publicClient, edgeUrl: edge.url })
})
after(() => world.stop())

const wallet = () => world.walletOf(people.holder)

test('a wallet signs in, renews its token, sees its sessions and ends them', async () => {
  const first = await signIn(market, { wallet: wallet(), lastsSeconds: 3_600 })
  const second = await signIn(market, { wallet: wallet() })
  assert.equal(second.wallet, people.holder.address)
  const renewed = await renewSession(market, second)
  assert.notEqual(renewed.token, second.token)
  await assert.rejects(openSessions(market, second), refusedAs('session_missing'))
  const ids = (await openSessions(market, renewed)).map(({ sessionId }) => sessionId)
  assert.deepEqual(ids, [first.sessionId, renewed.sessionId])
  assert.equal(await signOut(market, first), 1)
  assert.equal(await signOut(market, renewed, { everywhere: true }), 1)
  await assert.rejects(openSessions(market, renewed), refusedAs('session_missing'))
})

test('a wallet is asked to sign in once, however many need it, and once more when the session was ended', async () => {
  const { asked, wallet: asking } = watched(wallet())
  const visit = () =>
    asSignedIn(market, asking, async session => {
      await openSessions(market, session)
      return session
    })
  const many = () => Promise.all(Array.from({ length: 5 }, visit))
  const [first, ...others] = await many()
  assert.ok(first && others.every(session => session === first))
  assert.equal(asked.messages, 1)
  await signOut(market, first)
  const [next, ...later] = await many()
  assert.ok(next && next !== first && later.every(session => session === next))
  assert.equal(asked.messages, 2)
  await signOut(market, next, { everywhere: true })
})

test('an edge that asks for a sign-in to another edge, or chain, is given no signature', async () => {
  const [mine, others] = [new URL(world.edge.url).host, 'victim.example']
  for (const [from, to] of [
    [mine, others],
    [`http://${mine}`, `http://${others}`],
    [`"chainId":${world.addresses.chainId}`, '"chainId":1'],
    ['Sign in to', 'Give everything to'],
  ] as const) {
    const lying: Market = {
      ...market,
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        return new Response((await answer.text()).replace(from, to), answer)
      },
    }
    const { asked, wallet: asking } = watched(wallet())
    await assert.rejects(signIn(lying, { wallet: asking }))
    assert.equal(asked.messages, 0)
  }
})

test('a visitor has a profile, keeps works in mind and reports one; the log of moderation is there for everyone', async () => {
  const { workId } = await publishWork(world, { salt: 'kept in mind' })
  await nudgeEdge(market)
  const session = await signIn(market, { wallet: wallet() })
  const words = { name: 'Ada', bio: 'Two\nlines.', links: ['https://ada.example/'] }
  await writeProfile(market, session, words)
  const { updatedAtSeconds, ...told } = await readProfile(market, people.holder.address)
  assert.ok(updatedAtSeconds)
  assert.deepEqual(told, { wallet: people.holder.address, ...words })
  assert.equal(await setFavourite(market, session, { workId, favourite: true }), true)
  assert.equal((await readFavourites(market, session, { limit: 5 })).favourites[0]?.workId, workId)
  assert.equal(await setFavourite(market, session, { workId, favourite: false }), false)
  assert.deepEqual((await readFavourites(market, session)).favourites, [])
  const said = { workId, reason: 'spam', text: 'Twice the same.' } as const
  assert.equal((await reportWork(market, session, said)).reporter, people.holder.address)
  assert.deepEqual(await readModeration(market), { entries: [], nextCursor: null })
  await assert.rejects(reportWork(market, { ...session, token: 'grs_0' }, said), refusedAs('session_missing'))
})
