/** Someone who no longer holds a work, or never did, asks for answers all the same: on the whole market, with real parts. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { buyListing } from '@grimoire/client/buy-listing'
import type { Chat } from '@grimoire/client/chat'
import { giftEdition } from '@grimoire/client/gift-edition'
import { signListing } from '@grimoire/client/list-edition'
import { modelOf } from '@grimoire/client/market'
import { people } from '@grimoire/devnet/accounts'
import { parseMoney } from '@grimoire/schema/amounts'
import { makeGrant } from '@grimoire/seal/grant'
import { codeOf, type Person, SHUT_OUT_MS, type Stage, said, setStage, until } from './stage.ts'

const PRICE_ATOMIC = parseMoney('20')

let stage: Stage
let chat: Chat

before(async () => {
  stage = await setStage()
  await stage.grant(people.cleo, stage.chatbot.workId)
  chat = await stage.chat(people.cleo, stage.chatbot.workId)
})
after(() => stage?.stop())

/** A grant as the client would write it, by someone whom the client itself would turn away. */
async function giveGrant(person: Person): Promise<{ status: number; code: string }> {
  const { devnet, market, chatbot } = stage
  const { hash } = await market.publicClient.getBlock()
  const authSig = await makeGrant({
    signer: person,
    manifest: chatbot.manifest,
    operator: devnet.operator.address,
    sessionKey: devnet.health.sessionKey,
    blockHash: hash,
    expiresAtSeconds: Math.floor(Date.now() / 1000) + 3_600,
  })
  const answer = await fetch(`${devnet.nodeUrl}/v1/grants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: modelOf(market, chatbot.workId, 1), authSig }),
  })
  return said(answer)
}

type Attempt = { askedMs: number; lastTextMs: number; endedMs: number; code: string }

/** Asks for long answers again and again, one turn after the other, until told to stop. */
function askOnAndOn(on: Chat) {
  const attempts: Attempt[] = []
  let asking = true
  let pieces = 0
  const running = (async () => {
    while (asking) {
      const attempt = { askedMs: performance.now(), lastTextMs: 0, endedMs: 0, code: 'served' }
      const answer = on.ask([{ role: 'user', content: 'Hello!' }], { temperature: 2, max_tokens: 200 })
      attempt.code = await codeOf(
        (async () => {
          for await (const text of answer) {
            pieces += text.length
            attempt.lastTextMs = performance.now()
          }
        })(),
      )
      attempt.endedMs = performance.now()
      attempts.push(attempt)
    }
  })()
  const stop = () => {
    asking = false
    return running
  }
  return { attempts, stop, pieces: () => pieces }
}

/** When this machine first saw that an account holds none of a work any more. */
async function whenGone(person: Person, workId: string): Promise<number> {
  while ((await stage.held(person.address, workId)) > 0n)
    await new Promise(resolve => setTimeout(resolve, 10))
  return performance.now()
}

/** Asks while an edition moves: answered before its block, and not one letter more after a block and two seconds. */
async function shutOut(on: Chat, person: Person, workId: string, move: () => Promise<unknown>) {
  const asking = askOnAndOn(on)
  await until('the holder is answered', () => asking.pieces() > 0, 30_000)
  const [goneMs] = await Promise.all([whenGone(person, workId), move()])
  try {
    await until('refused', () => asking.attempts.at(-1)?.code === 'not_holder')
    await new Promise(resolve => setTimeout(resolve, 500))
  } finally {
    await asking.stop()
  }
  const lateMs = Math.max(...asking.attempts.map(({ lastTextMs }) => lastTextMs)) - goneMs
  assert.ok(lateMs < SHUT_OUT_MS, `text came ${lateMs} ms after the block`)
  const first = asking.attempts.findIndex(({ code }) => code !== 'served')
  const refusedMs = (asking.attempts[first]?.endedMs ?? Number.POSITIVE_INFINITY) - goneMs
  assert.ok(refusedMs < SHUT_OUT_MS, `the first refusal came ${refusedMs} ms after the block`)
  assert.ok(asking.attempts.slice(first).every(({ code }) => code === 'not_holder'))
}

test('a seller who goes on asking in an open channel, the work warm, is cut off and refused within one block and two seconds of the sale', async () => {
  const { market, devnet, chatbot } = stage
  const { workId } = chatbot
  const wallet = devnet.walletOf(people.cleo)
  const offer = await signListing(market, { wallet, workId, priceAtomic: PRICE_ATOMIC })
  assert.equal((await stage.ask(chat)).text.includes(stage.answer), true)
  await shutOut(chat, people.cleo, workId, () =>
    buyListing(market, { ...offer, wallet: devnet.walletOf(people.dan), maxCostAtomic: PRICE_ATOMIC }),
  )
  assert.deepEqual(
    [await stage.held(people.cleo.address, workId), await stage.held(people.dan.address, workId)],
    [0n, 1n],
  )
})

test('what the sold work was is dropped from the node’s memory when its last grant has ended', async () => {
  await until('closed', async () => (await stage.openWorks()) === 0, SHUT_OUT_MS)
})

test('refused turns cost the seller nothing', async () => {
  const { chargedAtomic } = await chat.state()
  for (let turn = 0; turn < 3; turn++) assert.equal(await codeOf(stage.ask(chat)), 'not_holder')
  const state = await chat.state()
  assert.equal(state.chargedAtomic, chargedAtomic)
  assert.equal(state.walletSignatures, 1)
})

test('a seller gets in again neither with a new channel nor with a new grant', async () => {
  const { workId } = stage.chatbot
  assert.equal(await codeOf(stage.grant(people.cleo, workId)), 'not_holder')
  assert.deepEqual(await giveGrant(people.cleo), {
    status: 403,
    code: 'not_holder',
    got: people.cleo.address,
  })
  const before = await stage.moneyOf(people.cleo.address)
  const fresh = await stage.chat(people.cleo, workId)
  assert.equal(await codeOf(stage.ask(fresh)), 'not_holder')
  assert.equal(await stage.moneyOf(people.cleo.address), before)
})

test('the seller gets the rest of the deposit back, to the last unit', async () => {
  const { depositedAtomic, chargedAtomic, leftAtomic } = await chat.state()
  const before = await stage.moneyOf(people.cleo.address)
  await chat.refund()
  assert.equal(await stage.moneyOf(people.cleo.address), before + leftAtomic)
  const { balanceAtomic, claimedAtomic } = await stage.channel(chat.channelId)
  assert.equal(claimedAtomic, chargedAtomic)
  assert.equal(balanceAtomic, depositedAtomic - leftAtomic)
})

test('a stranger who holds nothing is refused without a grant, and with a grant of their own signing, and pays nothing', async () => {
  const { chatbot } = stage
  await stage.fund(people.stranger)
  const before = await stage.moneyOf(people.stranger.address)
  const strange = await stage.chat(people.stranger, chatbot.workId)
  assert.equal(await codeOf(stage.ask(strange)), 'grant_missing')
  assert.equal(await codeOf(stage.grant(people.stranger, chatbot.workId)), 'not_holder')
  assert.deepEqual(await giveGrant(people.stranger), {
    ...{ status: 403, code: 'not_holder', got: people.stranger.address },
  })
  assert.equal(await codeOf(stage.ask(strange)), 'grant_missing')
  assert.equal(await stage.moneyOf(people.stranger.address), before)
  assert.deepEqual(await stage.channel(strange.channelId), { balanceAtomic: 0n, claimedAtomic: 0n })
})

test('the buyer is answered; a gift then ends the giver’s access as a sale does, and the receiver is answered', async () => {
  const { market, devnet, chatbot } = stage
  const { workId } = chatbot
  await stage.grant(people.dan, workId)
  const giver = await stage.chat(people.dan, workId)
  assert.ok((await stage.ask(giver)).text.includes(stage.answer))
  await shutOut(giver, people.dan, workId, () =>
    giftEdition(market, { wallet: devnet.walletOf(people.dan), workId, to: people.ada.address }),
  )
  await stage.grant(people.ada, workId)
  const receiver = await stage.chat(people.ada, workId)
  assert.ok((await stage.ask(receiver)).text.includes(stage.answer))
  assert.equal(await codeOf(stage.ask(giver)), 'not_holder')
})

const HELLO = [{ role: 'user' as const, content: 'Hello!' }]
const LONG = { temperature: 2, max_tokens: 200 }

/** A model may end an answer sooner than it is let: of a few, the one that takes it longest. */
async function seedOfLongAnswer(chat: Chat): Promise<number> {
  let longest = { seed: 0, tokens: 0 }
  for (let seed = 1; seed <= 12; seed++) {
    const { receipt } = await chat.askOnce(HELLO, { ...LONG, seed })
    if (receipt.outputTokens > longest.tokens) longest = { seed, tokens: receipt.outputTokens }
  }
  return longest.seed
}

/** Lets the engine's process run in short strides until something has come of it, and leaves it stopped. */
async function inStrides(engine: number, coming: Promise<unknown>): Promise<void> {
  let came = false
  const arrival = coming.finally(() => {
    came = true
  })
  const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
  while (!came) {
    process.kill(engine, 'SIGCONT')
    await pause(3)
    process.kill(engine, 'SIGSTOP')
    await pause(30)
  }
  await arrival
}

test('an answer that is under way when its work is given away, on however slow an engine, brings no letter more after it', async () => {
  const { market, devnet, chatbot } = stage
  const { workId } = chatbot
  const engine = devnet.node.enginePid() ?? 0
  const giver = await stage.chat(people.ada, workId)
  const seed = await seedOfLongAnswer(giver)
  const answer = giver.ask(HELLO, { ...LONG, seed })
  const texts = answer[Symbol.asyncIterator]()
  const first = texts.next()
  try {
    await inStrides(engine, first)
    const gone = whenGone(people.ada, workId)
    await giftEdition(market, { wallet: devnet.walletOf(people.ada), workId, to: people.dan.address })
    await gone
    await new Promise(resolve => setTimeout(resolve, SHUT_OUT_MS))
  } finally {
    process.kill(engine, 'SIGCONT')
  }
  const { text, finishReason, cumulativeAtomic } = await answer.result
  assert.ok(text.startsWith(String((await first).value)))
  assert.equal(finishReason, 'length')
  assert.equal((await giver.state()).chargedAtomic, cumulativeAtomic)
  assert.equal(await codeOf(stage.ask(giver)), 'not_holder')
})
