/** A card as it is typed: what the ledger would refuse is named at its field, and the keys are found in what `init` says. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cardFaults, cardOf, keysIn, NEW_CARD, typedOf } from './typed-card.ts'

const owner = `0x${'11'.repeat(20)}` as const
const paymentKey = `0x${'22'.repeat(20)}` as const
const sessionKey = `0x${'33'.repeat(32)}` as const
const typed = { ...NEW_CARD, endpoint: 'https://node.example', paymentKey, sessionKey }

test('a whole card is what the ledger takes, and goes there and back unchanged', () => {
  const card = cardOf(typed, owner)
  assert.deepEqual(card?.prices, {
    turnFeeAtomic: '1000',
    inputPerMillionBytesAtomic: '1000000',
    outputPerMillionBytesAtomic: '4000000',
  })
  assert.ok(card)
  const record = { ...card, operator: owner, bondAtomic: 1n, active: true, freeAtSeconds: null }
  assert.deepEqual(typedOf(record), typed)
})

test('each field that the ledger would refuse says so: no URL, no key, the owner’s own key, a price that is none or too large', () => {
  const wrong = {
    ...{ endpoint: 'node.example', paymentKey: owner, sessionKey: paymentKey },
    ...{ turnFee: '1e3', input: '0.0000001', output: '281474976.710656' },
  }
  assert.deepEqual(Object.keys(cardFaults(wrong, owner)).sort(), Object.keys(typed).sort())
  assert.match(cardFaults(wrong, owner).paymentKey ?? '', /has to be another/)
  assert.match(
    cardFaults({ ...typed, endpoint: `https://n.example/${'a'.repeat(240)}` }, owner).endpoint ?? '',
    /256 bytes/,
  )
  assert.equal(cardOf(wrong, owner), null)
  assert.deepEqual(cardFaults({ ...typed, output: '281474976.710655' }, owner), {})
})

test('both keys are found in what the command says, as a table and as JSON, and no other number is taken for one', () => {
  const table = `configuration  grimoire-node.toml\nowner          ${owner}: bonds\npayment key    ${paymentKey}: send it\nsession key    ${sessionKey}\n`
  assert.deepEqual(keysIn(table), { paymentKey, sessionKey })
  assert.deepEqual(keysIn(JSON.stringify({ config: 'a', paymentKey, sessionKey, operator: owner })), {
    paymentKey,
    sessionKey,
  })
  assert.deepEqual(keysIn(`owner ${owner}`), {})
})
