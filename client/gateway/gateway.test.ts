/** The local gateway under the unmodified `openai` client, before real nodes: it answers, pays, fails over, and keeps its cap. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { formatMoney } from '@grimoire/schema/amounts'
import { sameAddress } from '@grimoire/schema/hex'
import OpenAI from 'openai'
import { openChat } from '../chat.ts'
import { openDatabase } from '../cli/database.ts'
import type { RunningGateway } from '../cli/running.ts'
import { openSecrets } from '../cli/secrets.ts'
import { channelOnChain } from '../exit-channel.ts'
import { grantNode } from '../grant-node.ts'
import { beginUnbonding } from '../operator-unbond.ts'
import { memoryStore } from '../payment-store.ts'
import { exportForGateway, importBundle } from './bundle.ts'
import {
  ASK,
  clientOf,
  type GatewayWorld,
  operatorOf,
  refusedAs,
  report,
  startGatewayWorld,
  startRefunds,
} from './fixture-gateway.ts'
import { keptLanes } from './lanes.ts'

let home: GatewayWorld
let gateway: RunningGateway
let openai: OpenAI
const ALIAS = 'the-red-tower'
const short = (model = ALIAS) => ({ model, messages: ASK, max_tokens: 12, temperature: 0, seed: 1 })

before(async () => {
  home = await startGatewayWorld()
  gateway = await home.gateway({ maxTurn: '0.02' })
  openai = clientOf(gateway)
})
after(() => home?.stop())

test('the works held are its models, by model id and by a short name, with prices and context', async () => {
  const { data } = await openai.models.list()
  const [model] = data
  assert.equal(data.length, 1)
  assert.ok(model?.id.endsWith(`:${home.workId}`))
  const named = await openai.models.retrieve(ALIAS)
  assert.equal(named.id, model?.id)
  assert.deepEqual(
    Object.keys(named).includes('pricing') && Object.keys(named).includes('context_length'),
    true,
  )
})

test('an answer, whole or streamed, comes from the cheapest operator and says what it cost', async () => {
  const whole = await openai.chat.completions.create(short())
  assert.ok((whole.choices[0]?.message.content ?? '').length > 0)
  assert.ok(sameAddress(operatorOf(whole) as `0x${string}`, home.cheap.operator))
  const [{ id }] = (await openai.models.list()).data as [OpenAI.Model]
  const stream = await openai.chat.completions.create({
    ...short(id),
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  assert.equal(
    chunks.map(chunk => chunk.choices[0]?.delta.content ?? '').join(''),
    whole.choices[0]?.message.content,
  )
  assert.deepEqual(chunks.at(-1)?.choices, [])
  assert.ok((chunks.at(-1)?.usage?.completion_tokens ?? 0) > 0)
  const { today, rows } = await report(gateway)
  assert.equal(rows[0].turns, 2)
  assert.equal(rows[0].chargedAtomic, today.spentAtomic)
  assert.equal(today.heldAtomic, '0')
})

test('each refusal is the class of error that openai’s client has for it', async () => {
  const { AuthenticationError, BadRequestError, NotFoundError } = OpenAI
  const create = (rest: object) => openai.chat.completions.create({ ...short(), ...rest })
  await assert.rejects(
    clientOf(gateway, 'sk-another').models.list(),
    refusedAs(AuthenticationError, 'token_wrong'),
  )
  await assert.rejects(create({ model: 'gpt-4o' }), refusedAs(NotFoundError, 'model_unknown'))
  await assert.rejects(create({ model: 'grimoire:1:2' }), refusedAs(NotFoundError, 'model_unknown'))
  await assert.rejects(create({ logprobs: true }), refusedAs(BadRequestError, 'field_unsupported'))
  await assert.rejects(create({ messages: [] }), refusedAs(BadRequestError, 'request_invalid'))
  await assert.rejects(create({ max_tokens: 32_768 }), refusedAs(OpenAI.APIError, 'cap_reached'))
  const embeddings = openai.embeddings.create({ model: ALIAS, input: 'Hello' })
  await assert.rejects(embeddings, refusedAs(NotFoundError, 'embeddings_unoffered'))
})

/** As `fetch` will not send it. */
function statusFor(headers: Record<string, string>, method = 'GET'): Promise<[number, unknown]> {
  const url = new URL(gateway.url)
  return new Promise((resolve, reject) => {
    request({ host: url.hostname, port: url.port, path: '/v1/models', method, headers }, answer => {
      answer.resume()
      resolve([answer.statusCode ?? 0, answer.headers['access-control-allow-origin']])
    })
      .on('error', reject)
      .end()
  })
}

test('a page that was made to point here is refused by its host, and no page is let in by its origin', async () => {
  const authorization = `Bearer ${gateway.token}`
  assert.deepEqual(await statusFor({ host: 'evil.example', authorization }), [403, undefined])
  assert.deepEqual(await statusFor({ host: 'localhost:1', authorization }), [200, undefined])
  const origin = 'https://evil.example'
  assert.deepEqual(await statusFor({ origin, 'access-control-request-method': 'POST' }, 'OPTIONS'), [
    401,
    undefined,
  ])
})

test('an operator that is gone is passed over before the first byte, and the next one answers', async () => {
  const { door, plain } = home
  door.mode = 'shut'
  const answers = await Promise.all([
    openai.chat.completions.create(short()),
    openai.chat.completions.create(short()),
  ])
  for (const answer of answers) {
    assert.ok(sameAddress(operatorOf(answer) as `0x${string}`, plain.operator))
  }
})

test('a stream that its reader leaves is ended, has its receipt, and leaves nothing at risk', async () => {
  const turnsOf = async () => {
    const { rows } = await report(gateway)
    return rows.find((row: { operator: string }) => row.operator === home.plain.operator.toLowerCase())
  }
  const before = await turnsOf()
  const stream = await openai.chat.completions.create({ ...short(), max_tokens: 400, stream: true })
  for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
  stream.controller.abort()
  const next = await openai.chat.completions.create(short())
  assert.ok((next.choices[0]?.message.content ?? '').length > 0)
  const after = await turnsOf()
  assert.deepEqual([after.turns - before.turns, after.failedTurns, after.atRiskAtomic], [2, 0, '0'])
})

test('an operator that misstates a receipt is not paid again, not even by the next gateway over this store', async () => {
  const { door, plain } = home
  const first = await home.gateway({}, 'misled')
  door.mode = 'misstates'
  await assert.rejects(
    clientOf(first).chat.completions.create(short()),
    refusedAs(OpenAI.InternalServerError, 'receipt_invalid'),
  )
  const paidBefore = door.paid
  const again = await clientOf(first).chat.completions.create(short())
  assert.ok(sameAddress(operatorOf(again) as `0x${string}`, plain.operator))
  await first.stop()
  door.mode = 'open'
  const second = await home.gateway({}, 'misled')
  const later = await clientOf(second).chat.completions.create(short())
  assert.ok(sameAddress(operatorOf(later) as `0x${string}`, plain.operator))
  assert.equal(door.paid, paidBefore)
  await second.stop()
})

test('a deposit that is larger than the holder allows is not made: the operator is passed over, and the next one answers', async () => {
  const modest = await home.gateway({ maxDeposit: '0.25' }, 'modest')
  const answer = await clientOf(modest).chat.completions.create(short())
  assert.ok(sameAddress(operatorOf(answer) as `0x${string}`, home.plain.operator))
  await modest.stop()
})

test('lost vouchers hold all that they sign for, and an operator that corrects them honestly is believed', async () => {
  const { door, cheap, plain } = home
  const unlucky = await home.gateway({}, 'unlucky')
  const ask = async (maxTokens: number) => {
    const answer = await clientOf(unlucky).chat.completions.create({ ...short(), max_tokens: maxTokens })
    return operatorOf(answer).toLowerCase()
  }
  const heldAtomic = async () => BigInt((await report(unlucky)).today.heldAtomic)
  assert.equal(await ask(4), cheap.operator.toLowerCase())
  door.mode = 'loses'
  assert.equal(await ask(64), plain.operator.toLowerCase())
  const ofOne = await heldAtomic()
  assert.equal(await ask(64), plain.operator.toLowerCase())
  // The second was signed from where the first had left the channel, by the node's correction.
  assert.ok((await heldAtomic()) > ofOne, `${await heldAtomic()} is no more than ${ofOne}`)
  door.mode = 'deaf'
  assert.equal(await ask(4), plain.operator.toLowerCase())
  door.mode = 'open'
  assert.equal(await ask(4), cheap.operator.toLowerCase())
  assert.equal(await heldAtomic(), 0n)
  await unlucky.stop()
})

test('a turn that cannot be read back from the store fails, and holds nothing of the cap', async () => {
  const { world, passphraseFile, cheap, plain } = home
  const first = await home.gateway({}, 'torn')
  await clientOf(first).chat.completions.create(short())
  await first.stop()
  const database = openDatabase(join(world.folder, 'torn'))
  const store = await openSecrets(database, readFileSync(passphraseFile, 'utf8').trim())
  for (const { channelId, operator } of await keptLanes(store)) {
    if (sameAddress(operator, cheap.operator)) await store.set(`open-turn:${channelId.toLowerCase()}`, 'torn')
  }
  database.close()
  const second = await home.gateway({}, 'torn')
  const answer = await clientOf(second).chat.completions.create(short())
  assert.ok(sameAddress(operatorOf(answer) as `0x${string}`, plain.operator))
  assert.equal((await report(second)).today.heldAtomic, '0')
  await second.stop()
})

test('a chat that a page has exported goes on in a gateway without a wallet, on the deposit that is there', async () => {
  const { world, plain, workId, holder, passphraseFile } = home
  const { market } = world
  const page = memoryStore()
  const node = { workId, operator: plain.operator, wallet: holder.wallet }
  const chat = await openChat(market, {
    ...{ ...node, store: page },
    ...{ maxDepositAtomic: 1_000_000n, maxTurnAtomic: 50_000n },
  })
  await grantNode(market, node)
  await assert.rejects(exportForGateway(market, { ...node, store: page }), /deposit/)
  await chat.askOnce(ASK, { max_tokens: 4 })
  const { bundle, release } = await exportForGateway(market, { ...node, store: page })
  await release()
  assert.deepEqual(
    Object.keys(page.snapshot()).filter(name => name.startsWith('session-key:')),
    [],
  )
  const database = openDatabase(join(world.folder, 'exported'))
  const store = await openSecrets(database, readFileSync(passphraseFile, 'utf8').trim())
  await assert.rejects(importBundle(market, store, { ...bundle, chainId: 1 }), /chain/)
  const refused = async (given: object, reason: RegExp) => {
    await assert.rejects(importBundle(market, store, { ...bundle, ...given }), reason)
    assert.deepEqual(await store.list(''), before)
  }
  const before = await store.list('')
  const another = `channel:0x${'ab'.repeat(32)}`
  await refused({ entries: { ...bundle.entries, [another]: '{}' } }, /channel:0xabab/)
  await refused({ holder: plain.operator }, /both of/)
  await importBundle(market, store, JSON.parse(JSON.stringify(bundle)))
  await importBundle(market, store, bundle)
  before.splice(0, before.length, ...(await store.list('')))
  const channel = `channel:${bundle.lane.channelId.toLowerCase()}`
  await refused({ entries: { ...bundle.entries, [channel]: '{"balance":"200000"}' } }, /another state/)
  const { operator } = plain
  const [grant, lane] = [{ ...bundle.grant, holder: operator }, { ...bundle.lane }]
  await refused(
    { holder: operator, entries: {}, grant, lane: { ...lane, config: { ...lane.config, payer: operator } } },
    /whose store this is/,
  )
  database.close()
  const walletless = await home.gateway({ wallet: undefined }, 'exported')
  const answer = await clientOf(walletless).chat.completions.create(short())
  assert.ok(sameAddress(operatorOf(answer) as `0x${string}`, plain.operator))
  assert.equal((await channelOnChain(world, chat)).balanceAtomic, 200_000n)
  await walletless.stop()
})

test('requests at once, on channels of their own, and over a restart, never go beyond the daily cap', async () => {
  const capped = await home.gateway({ dailyCap: '0.0001', lanes: 4 }, 'capped')
  const client = new OpenAI({ baseURL: capped.url, apiKey: capped.token })
  const settled = await Promise.allSettled(
    Array.from({ length: 8 }, () => client.chat.completions.create({ ...short(), max_tokens: 16 })),
  )
  const refused = settled.filter(one => one.status === 'rejected')
  const answered = settled.length - refused.length
  assert.ok(answered > 0 && refused.length > 0, `${answered} answered, ${refused.length} refused`)
  for (const { reason } of refused) refusedAs(OpenAI.RateLimitError, 'daily_cap_reached')(reason)
  const { today } = await report(capped)
  assert.ok(BigInt(today.spentAtomic) + BigInt(today.heldAtomic) <= 100n)
  await capped.stop()
  const restarted = await home.gateway({ dailyCap: formatMoney(BigInt(today.spentAtomic)) }, 'capped')
  await assert.rejects(
    clientOf(restarted).chat.completions.create(short()),
    refusedAs(OpenAI.RateLimitError, 'daily_cap_reached'),
  )
  assert.equal((await report(restarted)).today.spentAtomic, today.spentAtomic)
  await restarted.stop()
})

test('no operator left is an error of the server, and no gateway one of the connection', async () => {
  const { door, plainDoor } = home
  door.mode = 'shut'
  plainDoor.mode = 'shut'
  const alone = await home.gateway({}, 'alone')
  await assert.rejects(
    clientOf(alone).chat.completions.create(short()),
    refusedAs(OpenAI.InternalServerError, 'no_operator'),
  )
  await alone.stop()
  await assert.rejects(clientOf(alone).models.list(), OpenAI.APIConnectionError)
})

test('one channel that cannot be emptied keeps no other from it, and an operator that has left still gives the rest', async () => {
  const { door, plainDoor } = home
  door.mode = 'open'
  plainDoor.mode = 'open'
  const refund = await startRefunds(home)
  const early = await refund('--finish')
  assert.equal(early.code, 1)
  assert.deepEqual(
    early.lines.map(line => /not emptied/.test(line)),
    [true, true],
  )
  await beginUnbonding(home.world.ledger, { wallet: home.plain.wallet })
  door.mode = 'shut'
  const { code, lines } = await refund()
  assert.equal(code, 1)
  const lineOf = ({ operator }: { operator: string }) =>
    lines.find(line => line.toLowerCase().includes(operator.toLowerCase())) ?? ''
  assert.match(lineOf(home.plain), /is back: 0x/)
  assert.match(lineOf(home.cheap), /not emptied.*--leave/)
  assert.match((await refund('--leave')).lines.join(), /The exit is announced: 0x/)
})
