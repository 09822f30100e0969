/** The commands that only look: works held, what was spent, whom this gateway no longer pays. */
import { formatMoney } from '@grimoire/schema/amounts'
import { Problem } from '@grimoire/schema/problem'
import type { SpendingRow } from '../gateway/book.ts'
import { type HeldWork, openShelf } from '../gateway/shelf.ts'
import { spendingDays, spendingReport } from '../gateway/spending.ts'
import { enter, openWallet, unlock } from './enter.ts'
import { readSettings } from './options.ts'
import { openBook } from './sqlite-book.ts'
import { type Column, shortened, table } from './tables.ts'

const say = (text: string) => void process.stdout.write(`${text}\n`)
const sayJson = (value: unknown) =>
  say(JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? String(each) : each), 2))
const dollars = (amountAtomic: bigint) => `$${formatMoney(amountAtomic)}`

const WORK_COLUMNS: Column<HeldWork>[] = [
  { title: 'name', cell: ({ alias }) => alias },
  { title: 'title', cell: ({ title }) => title },
  { title: 'model id', cell: ({ model }) => model },
]

export async function worksCommand({ json, ...flags }: Record<string, unknown>): Promise<void> {
  const settings = readSettings(flags)
  const entered = await enter(settings)
  const wallet = await openWallet(settings, entered, await unlock(entered, settings))
  const works = await openShelf({ market: entered.market, wallet }).works()
  if (json) return sayJson(works)
  say(works.length > 0 ? table(works, WORK_COLUMNS) : `${wallet.account.address} holds no work.`)
}

const SPENDING_COLUMNS: Column<SpendingRow>[] = [
  { title: 'day (UTC)', cell: ({ day }) => day },
  { title: 'work', cell: ({ workId }) => shortened(workId) },
  { title: 'operator', cell: ({ operator }) => shortened(operator) },
  { title: 'turns', cell: ({ turns }) => String(turns), toRight: true },
  { title: 'broken off', cell: ({ failedTurns }) => String(failedTurns), toRight: true },
  { title: 'charged', cell: ({ chargedAtomic }) => dollars(chargedAtomic), toRight: true },
  { title: 'at risk', cell: ({ atRiskAtomic }) => dollars(atRiskAtomic), toRight: true },
]

/** Needs no passphrase: what was spent is no secret of this file. */
export async function spendingCommand(options: Record<string, unknown>): Promise<void> {
  const { json, days: given = '30', receipts, ...flags } = options
  const settings = readSettings(flags)
  const { database } = await enter(settings)
  const book = openBook(database, { capAtomic: settings.dailyCap })
  const days = spendingDays(String(given))
  if (receipts) return sayJson(book.receipts({ days }))
  if (json) return sayJson(spendingReport(book, String(given)))
  const rows = book.spending({ days })
  const { day, spentAtomic, heldAtomic, capAtomic } = book.today()
  if (rows.length > 0) say(`${table(rows, SPENDING_COLUMNS)}\n`)
  const held = heldAtomic > 0n ? `, ${dollars(heldAtomic)} held for answers without a receipt` : ''
  say(`${day}: ${dollars(spentAtomic)} of ${dollars(capAtomic)} spent${held}`)
}

export async function operatorsCommand(options: Record<string, unknown>): Promise<void> {
  const { json, trust, ...flags } = options
  const settings = readSettings(flags)
  const { database } = await enter(settings)
  const book = openBook(database, { capAtomic: settings.dailyCap })
  if (typeof trust === 'string' && !book.trust(trust)) {
    throw new Problem('nothing_to_do', { got: trust, expected: 'an operator that is not paid now' })
  }
  const distrusted = [...book.distrusted()]
  if (json) return sayJson({ distrusted })
  say(
    distrusted.length > 0
      ? `Not paid again:\n${distrusted.map(one => `  ${one}`).join('\n')}`
      : 'All are paid.',
  )
}
