/** What has to hold of a ledger after anything: nothing acknowledged is missing, nothing stands in it twice, the file is sound. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { State } from '../../state.ts'
import { someChannelId } from './rows.ts'

/** By channel number, the highest sum that was acknowledged. */
export type Acknowledged = Map<number, bigint>
export type Fault = 'lost' | 'doubled' | 'unsound'

const PER_CHANNEL = `SELECT channel.charged AS charged, count(turn.id) AS turns, max(turn.sequence) AS newest,
    coalesce(sum(CAST(turn.signed_receipt ->> '$.receipt.chargedAtomic' AS INTEGER)), 0) AS receipts
  FROM channel LEFT JOIN turn ON turn.channel_id = channel.id WHERE channel.id = ? GROUP BY channel.id`

/** A charge without its receipt is money lost to one side, a receipt without its charge to the other. */
function faultOfChannel(row: Record<string, unknown> | undefined, acknowledged: bigint): Fault | null {
  if (!row) return acknowledged > 0n ? 'lost' : null
  const [charged, receipts] = [BigInt(String(row.charged)), BigInt(String(row.receipts))]
  if (charged < acknowledged || receipts < charged) return 'lost'
  return receipts > charged || Number(row.turns) !== Number(row.newest ?? 0) ? 'doubled' : null
}

export function faultsIn(state: State, acknowledged: Acknowledged): Fault[] {
  const sound = state.prepare('PRAGMA integrity_check').get()?.integrity_check === 'ok'
  // A ledger that died before its first step has no tables yet, and has acknowledged nothing.
  const begun = state.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'turn'").get() !== undefined
  if (!begun && sound) return [...acknowledged.values()].some(sum => sum > 0n) ? ['lost'] : []
  const perChannel = state.prepare(PER_CHANNEL)
  const faults = [...acknowledged].map(([channel, sum]) =>
    faultOfChannel(perChannel.get(someChannelId(channel)), sum),
  )
  return [...(sound ? [] : ['unsound' as const]), ...faults.filter(fault => fault !== null)]
}

/** Opens the ledger as it lies, reads it through once, and closes it again. */
export function faultsAt(directory: string, acknowledged: Acknowledged): Fault[] {
  const state = new DatabaseSync(join(directory, 'node.sqlite'))
  try {
    return faultsIn(state, acknowledged)
  } catch {
    return ['unsound']
  } finally {
    state.close()
  }
}
