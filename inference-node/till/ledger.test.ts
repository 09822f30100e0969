/** The ledger of vouchers: cumulative, monotone, never forgotten, never doubled, whatever program or death meets it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Journal } from '../journal.ts'
import { openState } from '../state.ts'
import { SqliteChannels } from './channels.ts'
import { faultsIn } from './trial/books.ts'
import { killWriters } from './trial/kills.ts'
import { receiptRow, someChannel, someChannelId } from './trial/rows.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-ledger-'))
const state = openState(directory)
const channels = new SqliteChannels(state)
const journal = new Journal(state)
after(() => {
  state.close()
  rmSync(directory, { recursive: true })
})

const pendingRequest = { pendingId: '0x1', signedMaxClaimable: '0', expiresAt: 0 }
const charge = (id: string, sum: bigint) =>
  channels.updateChannel(id, current => {
    assert.ok(current)
    const { pendingRequest: _, ...free } = current
    return { ...free, chargedCumulativeAmount: String(sum), signedMaxClaimable: String(sum) }
  })
const open = (number: number, charged: bigint) =>
  channels.updateChannel(someChannelId(number), () => ({
    ...someChannel(number, { charged }),
    pendingRequest,
  }))
/** A channel whose next charge, if it is of 5, is written with a receipt for it. */
async function openWithReceipt(number: number) {
  const id = someChannelId(number)
  await open(number, 0n)
  const row = receiptRow({ number: 1, channel: number, charged: 5n, cumulative: 5n })
  channels.alongside(id, { cumulativeAtomic: '5', write: () => journal.answered(row) })
  return { id, row }
}
const turnsOf = (id: string) =>
  state.prepare('SELECT count(*) AS turns FROM turn WHERE channel_id = ?').get(id)?.turns

test('a charge is never lowered, and never above what its payer signed, whichever program writes', async () => {
  const id = someChannelId(1)
  await open(1, 1_000n)
  await assert.rejects(charge(id, 999n), /never lowered/)
  assert.throws(() => state.exec(`UPDATE channel SET charged = '9' WHERE id = '${id}'`), /never lowered/)
  assert.throws(() => state.exec(`UPDATE channel SET charged = '1001' WHERE id = '${id}'`), /what was signed/)
  assert.throws(() => state.exec(`UPDATE channel SET id = '0x' WHERE id = '${id}'`), /keeps its id/)
  await charge(id, 1_001n)
  assert.equal((await channels.get(id))?.chargedCumulativeAmount, '1001')
})

test('a channel that was refunded leaves its last charge and its last voucher behind', async () => {
  await open(2, 77n)
  await channels.updateChannel(someChannelId(2), () => undefined)
  assert.equal(await channels.get(someChannelId(2)), undefined)
  const closed = state.prepare('SELECT id, charged FROM channel_closed').all()
  assert.deepEqual(
    closed.map(row => ({ ...row })),
    [{ id: someChannelId(2), charged: '77' }],
  )
})

test('a charge and its receipt stand together or not at all', async () => {
  const { id, row } = await openWithReceipt(3)
  await charge(id, 5n)
  assert.equal(turnsOf(id), 1)
  // The same receipt again: it is refused, and the charge with it.
  await channels.updateChannel(id, current => current && { ...current, pendingRequest })
  const forget = channels.alongside(id, { cumulativeAtomic: '6', write: () => journal.answered(row) })
  await assert.rejects(charge(id, 6n), /UNIQUE/)
  forget()
  assert.deepEqual([(await channels.get(id))?.chargedCumulativeAmount, turnsOf(id)], ['5', 1])
  assert.throws(() => state.exec('UPDATE turn SET total_ms = 1'), /never changed/)
})

test('a receipt that was made for another sum than the charge is not written', async () => {
  const { id } = await openWithReceipt(4)
  await charge(id, 4n)
  assert.equal(turnsOf(id), 0)
})

test('the books of a ledger show a charge without its receipt, and one that was acknowledged and is gone', async () => {
  await open(5, 0n)
  await charge(someChannelId(5), 9n)
  assert.deepEqual(faultsIn(state, new Map([[5, 9n]])), ['lost'])
  assert.deepEqual(faultsIn(state, new Map([[3, 5n]])), [])
  assert.deepEqual(faultsIn(state, new Map([[3, 6n]])), ['lost'])
  assert.deepEqual(faultsIn(state, new Map([[6, 1n]])), ['lost'])
})

test('of 50 kills, at any moment of a ledger’s life, none loses or doubles an acknowledged voucher', async () => {
  const { kills, lost, doubled, unsound, acknowledged } = await killWriters(50, 2_026)
  assert.deepEqual({ kills, lost, doubled, unsound }, { kills: 50, lost: 0, doubled: 0, unsound: 0 })
  assert.ok(acknowledged > 50)
})
