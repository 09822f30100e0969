/**
 * A process that takes vouchers until it is killed: `node writer.ts DIRECTORY CHANNELS FAULTS`. It says of each that was
 * acknowledged `a CHANNEL CUMULATIVE`, and of each that failed `f REASON`; after so many failures it ends by itself.
 */
import { writeSync } from 'node:fs'
import { Journal } from '../../journal.ts'
import { openState } from '../../state.ts'
import { SqliteChannels } from '../channels.ts'
import { receiptRow, someChannel, someChannelId } from './rows.ts'

const [directory = '', channelCount = '4', faultCount = '1'] = process.argv.slice(2)
const say = (line: string) => writeSync(1, `${line}\n`)
let faultsLeft = Number(faultCount)

/** Twice, as a turn does it: the channel is held, and then charged together with its receipt. */
async function takeVoucher(channels: SqliteChannels, journal: Journal, channel: number): Promise<bigint> {
  const id = someChannelId(channel)
  const amount = BigInt(1 + (channel % 7))
  const pendingRequest = { pendingId: '0x1', signedMaxClaimable: '0', expiresAt: 0 }
  const { channel: held } = await channels.updateChannel(id, current => ({
    ...(current ?? someChannel(channel)),
    pendingRequest,
  }))
  const cumulative = BigInt(held?.chargedCumulativeAmount ?? '0') + amount
  const cumulativeAtomic = String(cumulative)
  const sequence = (journal.last(id)?.sequence ?? 0) + 1
  const row = receiptRow({ number: sequence, channel, charged: amount, cumulative })
  const forget = channels.alongside(id, { cumulativeAtomic, write: () => journal.answered(row) })
  const charge = channels.updateChannel(id, current => {
    const { pendingRequest: _, ...rest } = current ?? someChannel(channel)
    return { ...rest, chargedCumulativeAmount: cumulativeAtomic, signedMaxClaimable: cumulativeAtomic }
  })
  await charge.finally(forget)
  return cumulative
}

async function serve(channels: SqliteChannels, journal: Journal, channel: number): Promise<void> {
  while (faultsLeft > 0) {
    try {
      say(`a ${channel} ${await takeVoucher(channels, journal, channel)}`)
    } catch (error) {
      faultsLeft--
      say(`f ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

try {
  const state = openState(directory)
  const [channels, journal] = [new SqliteChannels(state), new Journal(state)]
  const numbers = Array.from({ length: Number(channelCount) }, (_, index) => index + 1)
  await Promise.all(numbers.map(channel => serve(channels, journal, channel)))
} catch (error) {
  say(`f at the start: ${error instanceof Error ? error.message : String(error)}`)
}
process.exit(0)
