/** The journal: what a node wrote down is what its operator reads, beside a node that is still writing. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { isProblem } from '@grimoire/schema/problem'
import type { Channel } from '@x402/evm/batch-settlement/server'
import { Journal } from './journal.ts'
import { JournalReader } from './journal-reader.ts'
import { Refusals } from './operate/refusals.ts'
import { openState } from './state.ts'
import { SqliteChannels } from './till/channels.ts'
import { receiptRow, someChannel } from './till/trial/rows.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-journal-'))
const state = openState(directory)
const journal = new Journal(state)
const channels = new SqliteChannels(state)
const reader = JournalReader.open(directory)
after(() => {
  reader.close()
  state.close()
  rmSync(directory, { recursive: true })
})

const put = (channel: Channel) => channels.updateChannel(channel.channelId, () => channel)

test('turns add up, whole and by work and by time, in sums larger than a double holds', () => {
  journal.answered(receiptRow({ number: 1, workId: '7', charged: 9_007_199_254_740_993n, atSeconds: 100 }))
  journal.answered(receiptRow({ number: 2, workId: '7', charged: 5n, atSeconds: 200 }))
  journal.answered(receiptRow({ number: 3, workId: '8', charged: 1n, atSeconds: 300 }))
  assert.equal(reader.totals().earnedAtomic, '9007199254740999')
  const { turns, earnedAtomic, outputBytes } = reader.totals({ fromSeconds: 200, toSeconds: 300 })
  assert.deepEqual([turns, earnedAtomic, outputBytes], [1, '5', 20])
  const byWork = reader.totalsByWork().map(({ workId, turns, earnedAtomic }) => [workId, turns, earnedAtomic])
  assert.deepEqual(byWork, [
    ['7', 2, '9007199254740998'],
    ['8', 1, '1'],
  ])
  assert.deepEqual(
    [...reader.turns({ fromSeconds: 150 })].map(({ sequence, endedAtSeconds }) => [sequence, endedAtSeconds]),
    [
      [2, 200],
      [3, 300],
    ],
  )
  assert.equal(journal.last(receiptRow({ number: 3 }).signed.receipt.channelId)?.sequence, 3)
})

test('what is owed, what is leaving and what no deposit covers are told apart', async () => {
  assert.deepEqual(reader.channels(), {
    ...{ channels: 0, unclaimedAtomic: '0', leavingAtomic: '0', uncoveredAtomic: '0', atRiskAtomic: '0' },
    ...{ oldestSeconds: null, held: 0 },
  })
  await put(someChannel(1, { charged: 500n, claimed: 200n, balance: 1_000n, usedAtSeconds: 50 }))
  await put({
    ...someChannel(2, { charged: 40n, balance: 1_000n, usedAtSeconds: 60 }),
    withdrawRequestedAt: 9,
  })
  await put(someChannel(3, { charged: 90n, balance: 70n, usedAtSeconds: 70 }))
  await put({
    ...someChannel(4, { charged: 5n, claimed: 5n, balance: 10n, usedAtSeconds: 10 }),
    pendingRequest: { pendingId: '0x1', signedMaxClaimable: '6', expiresAt: 1 },
  })
  assert.deepEqual(reader.channels(), {
    ...{ channels: 4, unclaimedAtomic: '430', leavingAtomic: '40', uncoveredAtomic: '20' },
    ...{ atRiskAtomic: '410', oldestSeconds: 50, held: 1 },
  })
})

test('refusals are counted by day, work and reason; transactions stand in their order', () => {
  for (const code of ['node_busy', 'node_busy', 'grant_missing']) journal.refused('7', code)
  const counted = reader.refusals().map(({ workId, code, count }) => [workId, code, count])
  assert.deepEqual(counted, [
    ['7', 'node_busy', 2],
    ['7', 'grant_missing', 1],
  ])
  assert.deepEqual(reader.refusals({ toDay: '2000-01-01' }), [])
  journal.claimed({ kind: 'claim', txHash: '0xaa', vouchers: 2, amountAtomic: '300' })
  journal.claimed({ kind: 'collect', txHash: '0xbb', vouchers: 0, amountAtomic: '299' })
  assert.deepEqual(
    reader.claims().map(({ kind, txHash, vouchers, amountAtomic }) => [kind, txHash, vouchers, amountAtomic]),
    [
      ['claim', '0xaa', 2, '300'],
      ['collect', '0xbb', 0, '299'],
    ],
  )
})

test('a reader who dawdles gets every turn once, and holds up no checkpoint of the node that writes', () => {
  state.exec('BEGIN')
  for (let number = 10; number < 2_210; number++)
    journal.answered(receiptRow({ number, atSeconds: number < 1_200 ? 1_000 : 1_001 }))
  state.exec('COMMIT')
  const rows = reader.turns({ fromSeconds: 1_000 })
  const ids = [rows.next().value?.id]
  assert.equal(state.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy, 0)
  for (const { id } of rows) ids.push(id)
  assert.deepEqual([ids.length, new Set(ids).size], [2_200, 2_200])
})

test('a journal that cannot be written loses no refusal and stops nothing; it is said once', () => {
  const logged: string[] = []
  let full = true
  const written: unknown[] = []
  const refused = (...row: unknown[]) => {
    if (full) throw new Error('database or disk is full')
    written.push(row)
  }
  const refusals = new Refusals({ refused }, ({ event }) => logged.push(event))
  refusals.note('7', 'node_busy')
  refusals.write()
  refusals.note('7', 'node_busy')
  refusals.write()
  assert.deepEqual([logged, written], [['journal_failed'], []])
  full = false
  refusals.write()
  refusals.write()
  assert.deepEqual(written, [['7', 'node_busy', 2]])
  full = true
  refusals.note('7', 'node_busy')
  refusals.stop()
})

test('a directory in which no node ever ran is refused by name', () => {
  const config = (error: unknown) => isProblem(error) && error.code === 'config_invalid'
  assert.throws(() => JournalReader.open(join(directory, 'nowhere')), config)
})
