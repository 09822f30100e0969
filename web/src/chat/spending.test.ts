/** The cap of a day holds over pages, broken answers and midnight, and says what it is about. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import type { Vault } from '../device/vault.ts'
import type { Session } from '../wallet/session.ts'
import { hold, requireLeft, setCap, settle, today } from './spending.ts'

const NOON = Date.parse('2030-01-01T12:00:00Z')
const TOMORROW = NOON + 86_400_000

function bookOf() {
  const kept = new Map<string, string>()
  // As slow as a database: whoever reads before another has written would not see it.
  const pause = () => new Promise(resolve => setTimeout(resolve, 2))
  const vault = {
    get: async (key: string) => pause().then(() => kept.get(key)),
    set: async (key: string, text: string) => pause().then(() => void kept.set(key, text)),
  } as unknown as Vault // Safety: of a vault these are all that is asked here.
  const session: Session = {
    ...{ kind: 'play', id: 'ada', name: 'Ada' },
    address: '0x00000000000000000000000000000000000000aa',
  }
  return { vault, session }
}

const turn = (name: string, maxAtomic: bigint) => ({ turnSignature: name, maxAtomic: String(maxAtomic) })
const isCap = (error: unknown) => isProblem(error, 'cap_reached') || assert.fail(String(error))

test('an answer that could go beyond the cap is refused before it is paid; a raised cap lets it go', async () => {
  const book = bookOf()
  assert.deepEqual(await today(book, NOON), { capAtomic: 5_000_000n, spentAtomic: 0n, heldAtomic: 0n })
  await setCap(book, 1_000_000n, NOON)
  await hold(book, turn('one', 600_000n), NOON)
  await assert.rejects(hold(book, turn('two', 400_001n), NOON), isCap)
  await settle(book, turn('one', 0n), 250_000n, NOON)
  await hold(book, turn('two', 750_000n), NOON)
  await assert.rejects(requireLeft(book, NOON), isCap)
  await setCap(book, 20_000_000n, NOON)
  await requireLeft(book, NOON)
  assert.deepEqual(await today(book, NOON), {
    ...{ capAtomic: 20_000_000n, spentAtomic: 250_000n, heldAtomic: 750_000n },
  })
})

test('pages that ask at once cannot go beyond it together', async () => {
  const book = bookOf()
  await setCap(book, 1_000_000n, NOON)
  const asked = Array.from({ length: 10 }, (_, at) => hold(book, turn(`${at}`, 300_000n), NOON))
  const letIn = (await Promise.allSettled(asked)).filter(({ status }) => status === 'fulfilled')
  assert.equal(letIn.length, 3)
  assert.equal((await today(book, NOON)).heldAtomic, 900_000n)
})

test('an answer that is taken up again is held once, and what never came to a receipt counts at its most', async () => {
  const book = bookOf()
  await setCap(book, 1_000_000n, NOON)
  await hold(book, turn('broken', 700_000n), NOON)
  await hold(book, turn('broken', 700_000n), NOON)
  assert.equal((await today(book, NOON)).heldAtomic, 700_000n)
  await assert.rejects(hold(book, turn('next', 400_000n), NOON), isCap)
  await settle(book, turn('broken', 0n), 0n, NOON)
  await hold(book, turn('next', 400_000n), NOON)
})

test('the next day begins anew, under the same cap', async () => {
  const book = bookOf()
  await setCap(book, 1_000_000n, NOON)
  await hold(book, turn('late', 1_000_000n), NOON)
  await assert.rejects(requireLeft(book, NOON), isCap)
  await requireLeft(book, TOMORROW)
  await settle(book, turn('late', 0n), 200_000n, TOMORROW)
  assert.deepEqual(await today(book, TOMORROW), {
    ...{ capAtomic: 1_000_000n, spentAtomic: 200_000n, heldAtomic: 0n },
  })
})
