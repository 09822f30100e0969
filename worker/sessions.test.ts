/** Signing in: one message from one wallet for this edge opens one session, and nothing else opens any. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openedSession, session, sessionsAnswer, signInText } from '@grimoire/schema/session'
import { concatHex, encodeAbiParameters, getCreate2Address, type Hex, hashMessage, zeroHash } from 'viem'
import { json, people, person, post, startWorld, type World } from './fixture.ts'
import { startEdge } from './local.ts'
import { rightSignIn, type SignIn, signInMutants } from './trial/sign-in-mutants.ts'

const { holder, stranger } = people
const MUTANTS = 300
const RACERS = 100
let world: World
before(async () => {
  world = await startWorld({ writesPerMinute: 1_000_000 })
})
after(() => world.stop())

const right = (wallet = holder, change = {}) => rightSignIn(world.edge.url, wallet, change)
const enter = ({ message, signature }: SignIn, carrier = 'bearer', headers: Record<string, string> = {}) => {
  const init = post({ message, signature, carrier })
  return json(world.edge, '/v1/sessions', { ...init, headers: { ...init.headers, ...headers } })
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const ask = (path: string, headers: Record<string, string>, method = 'GET') =>
  json(world.edge, path, { headers, method })

async function entered(wallet = holder) {
  const { status, body } = await enter(await right(wallet))
  assert.equal(status, 200, JSON.stringify(body))
  const opened = openedSession.parse(body)
  assert.ok(opened.token)
  return { ...opened, token: opened.token }
}

async function enteredByCookie(origin = world.edge.url) {
  const { headers, body } = await enter(await right(), 'cookie', { origin })
  assert.equal(openedSession.parse(body).token, null)
  const set = headers.get('set-cookie') ?? ''
  return { set, cookie: set.split(';')[0] ?? '' }
}

const refusedAs = async (code: string, answer: ReturnType<typeof json>) => {
  const { status, body } = await answer
  assert.deepEqual([body.code, status], [code, body.status], JSON.stringify(body))
}

describe('signing in', () => {
  test('a wallet that signs what it was asked to sign is known by its token until it signs out', async () => {
    const opened = await entered()
    assert.equal(opened.wallet, holder.address)
    const { headers, body } = await ask('/v1/session', bearer(opened.token))
    assert.equal(session.parse(body).sessionId, opened.sessionId)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual((await ask('/v1/session', bearer(opened.token), 'DELETE')).body, { ended: 1 })
    await refusedAs('session_missing', ask('/v1/session', bearer(opened.token)))
  })

  test('the session ends when the message says, and never later than in thirty days', async () => {
    const expirationTime = new Date(Date.now() + 3_600_000)
    const short = openedSession.parse((await enter(await right(holder, { expirationTime }))).body)
    assert.equal(short.expiresAtSeconds, Math.floor(expirationTime.getTime() / 1000))
    const far = new Date(Date.now() + 400 * 86_400_000)
    const long = openedSession.parse((await enter(await right(holder, { expirationTime: far }))).body)
    assert.equal(long.expiresAtSeconds - long.createdAtSeconds, 30 * 86_400)
  })

  test(`${MUTANTS} sign-ins that are wrong in one thing are refused, none costs the right one its nonce, and none is a 500`, async () => {
    const one = await right()
    const wallets = { wallet: holder, stranger }
    let count = 0
    for await (const mutant of signInMutants(one, wallets, { count: MUTANTS, seed: 4361 })) {
      const { status, body } = await enter(mutant)
      assert.ok(
        [400, 401].includes(status),
        `${status} for ${JSON.stringify(mutant)}: ${JSON.stringify(body)}`,
      )
      count++
    }
    assert.equal(count, MUTANTS)
    assert.equal((await enter(one)).status, 200)
  })

  test(`a message sent ${RACERS} times at once opens one session, and later none`, async () => {
    const one = await right(people.creator)
    const answers = await Promise.all(Array.from({ length: RACERS }, () => enter(one)))
    const codes = Object.groupBy(answers, ({ status, body }) => (status === 200 ? 'opened' : body.code))
    assert.deepEqual(
      [codes.opened?.length, codes.sign_in_nonce_spent?.length],
      [1, RACERS - 1],
      Object.keys(codes).join(),
    )
    await refusedAs('sign_in_nonce_spent', enter(one))
  })

  test('a nonce older than ten minutes is void', async () => {
    const one = await right()
    const db = await world.edge.database()
    await db.prepare('UPDATE sign_in_nonces SET expires_at = expires_at - 600').run()
    await refusedAs('sign_in_nonce_spent', enter(one))
  })

  test('broken JSON, a missing field, an unknown one and a huge body are refused as such', async () => {
    const { message, signature } = await right()
    for (const body of [
      '{',
      'null',
      { message, signature },
      { message, signature, carrier: 'bearer', admin: true },
    ])
      await refusedAs('request_invalid', json(world.edge, '/v1/sessions', post(body)))
    await refusedAs('body_too_large', enter({ message, signature: `0x${'00'.repeat(40_000)}` }))
  })
})

describe('accounts with code', () => {
  const YES = '0x631626ba7e60e01b5f5260205ff3'
  const NO = '0x5f5ffd'

  test('an account signs by ERC-1271, and only for the hash that it agrees to', async () => {
    const account = person(8)
    const one = await right(account)
    const foreign = { ...one, signature: `0x${'c0de'.repeat(20)}` as const }
    await refusedAs('sign_in_invalid', enter(foreign))
    const agrees = (hash: Hex): Hex => `0x7f${hash.slice(2)}60043514631626ba7e0260e01b5f5260205ff3`
    const setCode = (bytecode: Hex) => world.testClient.setCode({ address: account.address, bytecode })
    await setCode(agrees(hashMessage('something else')))
    await refusedAs('sign_in_invalid', enter(foreign))
    await setCode(agrees(hashMessage(one.message)))
    assert.equal((await enter(foreign)).body.wallet, account.address)
    await setCode(NO)
    assert.equal(
      (await enter(await right(account))).status,
      200,
      'its key is still its own, as under EIP-7702',
    )
  })

  test('an account that is not deployed yet signs by ERC-6492, as its code will answer', async () => {
    // What the deployment proxy, which anvil has, makes of this code.
    const factory = '0x4e59b44847b379578588920cA78FbF26c0B4956C'
    for (const [runtime, code] of [
      [YES, undefined],
      [NO, 'sign_in_invalid'],
    ] as const) {
      const size = (runtime.length - 2) / 2
      const bytecode = concatHex([`0x60${size.toString(16).padStart(2, '0')}80600a5f395ff300`, runtime])
      const address = getCreate2Address({ from: factory, salt: zeroHash, bytecode })
      const inner = encodeAbiParameters(
        [{ type: 'address' }, { type: 'bytes' }, { type: 'bytes' }],
        [factory, concatHex([zeroHash, bytecode]), '0xc0de'],
      )
      const { fields } = await right()
      const message = signInText({ ...fields, address })
      const { body } = await enter({ message, signature: concatHex([inner, `0x${'6492'.repeat(16)}`]) })
      assert.deepEqual(
        [body.code, body.wallet],
        code ? [code, undefined] : [undefined, address],
        JSON.stringify(body),
      )
    }
  })
})

describe('sessions', () => {
  test('nobody, a made-up token, a hash from the database, and another scheme are nobody', async () => {
    const opened = await entered()
    const db = await world.edge.database()
    const { results } = await db.prepare('SELECT token_hash, session_id FROM sessions').all()
    assert.ok(!JSON.stringify(results).includes(opened.token))
    for (const headers of [
      {},
      bearer('grs_00'),
      bearer(String(results[0]?.token_hash)),
      bearer(''),
      bearer(`${opened.token}0`),
      { authorization: `Basic ${opened.token}` },
      { cookie: `grimoire=${opened.token}` },
    ] as Record<string, string>[]) {
      for (const method of ['GET', 'DELETE']) {
        const more: Record<string, string> = method === 'GET' ? {} : { origin: world.edge.url }
        await refusedAs('session_missing', ask('/v1/session', { ...headers, ...more }, method))
      }
    }
  })

  test('a session that has reached its end is over, and the clock removes it', async () => {
    const opened = await entered(stranger)
    const db = await world.edge.database()
    await db.prepare(`UPDATE sessions SET expires_at = 1 WHERE session_id = '${opened.sessionId}'`).run()
    await refusedAs('session_missing', ask('/v1/session', bearer(opened.token)))
    await world.edge.tick()
    const { results } = await db.prepare('SELECT 1 FROM sessions WHERE expires_at = 1').all()
    assert.deepEqual(results, [])
  })

  test('a renewed token replaces the old one, once, and keeps the end', async () => {
    const opened = await entered()
    const renew = () => ask('/v1/session/renewal', bearer(opened.token), 'POST')
    const answers = await Promise.all([renew(), renew(), renew()])
    const [won, ...more] = answers.filter(({ status }) => status === 200)
    assert.equal(more.length, 0)
    const renewed = openedSession.parse(won?.body)
    assert.deepEqual({ ...renewed, token: opened.token }, opened)
    await refusedAs('session_missing', ask('/v1/session', bearer(opened.token)))
    assert.equal((await ask('/v1/session', bearer(String(renewed.token)))).status, 200)
  })

  test('a wallet has at most sixteen: the oldest goes; it sees and ends its own, and nobody else’s', async () => {
    const others = await entered(stranger)
    const wallet = person(9)
    const mine = []
    for (let at = 0; at < 18; at++) mine.push(await entered(wallet))
    const [last] = mine.slice(-1)
    assert.ok(last)
    const list = sessionsAnswer.parse((await ask('/v1/sessions', bearer(last.token))).body).sessions
    assert.equal(list.length, 16)
    assert.ok(list.every(row => row.wallet === wallet.address))
    assert.ok(list.some(row => row.sessionId === last.sessionId))
    const foreign = `/v1/sessions?sessionId=${others.sessionId}`
    assert.deepEqual((await ask(foreign, bearer(last.token), 'DELETE')).body, { ended: 0 })
    const named = `/v1/sessions?sessionId=${list[0]?.sessionId}`
    assert.deepEqual((await ask(named, bearer(last.token), 'DELETE')).body, { ended: 1 })
    assert.deepEqual((await ask('/v1/sessions', bearer(last.token), 'DELETE')).body, { ended: 15 })
    await refusedAs('session_missing', ask('/v1/session', bearer(last.token)))
    assert.equal((await ask('/v1/session', bearer(others.token))).status, 200)
  })
})

describe('the cookie', () => {
  test('no script reads it, no other site sends it, and its token is no bearer token', async () => {
    const { set, cookie } = await enteredByCookie()
    assert.match(set, /^grimoire=\w+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.equal((await ask('/v1/session', { cookie })).body.wallet, holder.address)
    await refusedAs('session_missing', ask('/v1/session', bearer(cookie.split('=')[1] ?? '')))
  })

  test('what writes under it has to come from the edge’s own page', async () => {
    const { cookie } = await enteredByCookie()
    const foreign = [
      'https://evil.example',
      'null',
      'http://127.0.0.1:1',
      world.edge.url.replace('http', 'https'),
    ]
    for (const origin of foreign)
      await refusedAs('origin_refused', ask('/v1/session', { cookie, origin }, 'DELETE'))
    await refusedAs('origin_refused', ask('/v1/session', { cookie }, 'DELETE'))
    await refusedAs('origin_refused', ask('/v1/session/renewal', { cookie }, 'POST'))
    await refusedAs('origin_refused', enter(await right(), 'cookie', { origin: 'https://evil.example' }))
    const { headers, body } = await ask('/v1/session', { cookie, origin: world.edge.url }, 'DELETE')
    assert.deepEqual(body, { ended: 1 })
    assert.match(headers.get('set-cookie') ?? '', /^grimoire=; Max-Age=0/)
  })

  test('a deployed edge binds it to https and its host, whatever host a request names; without a name it lets nobody in', async () => {
    const start = (publicUrl: string) =>
      startEdge({
        ...world.edgeOptions,
        stateFolder: join(world.edgeOptions.stateFolder, 'named'),
        publicUrl,
      })
    const edge = await start('https://edge.example/')
    const one = await rightSignIn(edge.url, holder)
    assert.deepEqual([one.fields.domain, one.fields.uri], ['edge.example', 'https://edge.example'])
    const init = post({ message: one.message, signature: one.signature, carrier: 'cookie' })
    const headers = { ...init.headers, origin: 'https://edge.example' }
    const answer = await json(edge, '/v1/sessions', { ...init, headers })
    await edge.stop()
    assert.match(
      answer.headers.get('set-cookie') ?? '',
      /^__Host-grimoire=.*; HttpOnly; Secure; SameSite=Strict$/,
    )
    const plain = await start('http://edge.example')
    const { body } = await json(plain, '/v1/sessions/nonce', { method: 'POST' })
    await plain.stop()
    assert.equal(body.code, 'sign_in_off')
  })
})
