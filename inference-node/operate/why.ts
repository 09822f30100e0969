/** `why`: jobs seen, refused and the reason, and what others ask for the same work: an answer to "why am I not earning?". */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { activeOperators, admittedTo } from '@grimoire/client/operator-peers'
import { type OperatorRecord, readOperator } from '@grimoire/client/operator-read'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { sameAddress } from '@grimoire/schema/hex'
import { chargeAtomic, type Prices, pricesWithin } from '@grimoire/schema/price'
import { Problem, type ProblemCode, problems } from '@grimoire/schema/problem'
import { termsFromChain } from '@grimoire/schema/work'
import type { FileConfig } from '../config.ts'
import { JournalReader, type JournalTotals, type RefusalRow } from '../journal-reader.ts'
import { chainFor, type OperatorsLedger } from './chain.ts'
import { readSettings } from './config-file.ts'
import { askDesk } from './desk-client.ts'
import { answer, dollars, table, times } from './say.ts'
import type { NodeStatus } from './status.ts'

type Options = { config: string; json: boolean; days?: string }

/** A turn as people write them, to compare price cards by one figure. */
const TYPICAL = { inputBytes: 400, outputBytes: 1_200 }
const MOST_WORKS = 5
const DAY_SECONDS = 86_400

export type WorkPrice = {
  workId: string
  turns: number
  typicalTurnAtomic: string
  /** Active operators whom the work admits, this one left out. */
  others: number
  /** Of them, those who ask less for a typical turn. */
  cheaper: number
  admitted: boolean
}

export type Why = {
  days: number
  turns: number
  earnedAtomic: string
  /** Callers who were told a price; each paid turn of a stock client begins with one. */
  asked: number
  refused: { code: string; count: number; meaning: string }[]
  works: WorkPrice[]
  findings: { fact: string; mend: string }[]
}

const typical = (prices: Prices): bigint => chargeAtomic(prices, TYPICAL)

async function comparePrices(
  ledger: OperatorsLedger,
  { own, works, peers }: { own: OperatorRecord; works: Map<string, number>; peers: OperatorRecord[] },
): Promise<WorkPrice[]> {
  return Promise.all(
    [...works].slice(0, MOST_WORKS).map(async ([workId, turns]) => {
      const [work, admitted] = await Promise.all([
        ledger.publicClient.readContract({
          address: ledger.addresses.works,
          abi: worksAbi,
          functionName: 'work',
          args: [BigInt(workId)],
        }),
        admittedTo(ledger, { workId, among: [own, ...peers] }),
      ])
      const terms = termsFromChain(work.terms)
      const mine = typical(pricesWithin(own.prices, terms))
      const others = admitted.filter(({ operator }) => !sameAddress(operator, own.operator))
      return {
        workId,
        turns,
        typicalTurnAtomic: String(mine),
        others: others.length,
        cheaper: others.filter(({ prices }) => typical(pricesWithin(prices, terms)) < mine).length,
        admitted: admitted.some(({ operator }) => sameAddress(operator, own.operator)),
      }
    }),
  )
}

const meaningOf = (code: string): string =>
  Object.hasOwn(problems, code) ? problems[code as ProblemCode].title : '' // Safety: `hasOwn` just held.

function counted(rows: RefusalRow[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { code, count } of rows) counts.set(code, (counts.get(code) ?? 0) + count)
  return counts
}

type Seen = { totals: JournalTotals; refusals: RefusalRow[]; works: Map<string, number> }

const NOTHING: JournalTotals = {
  ...{ turns: 0, inputBytes: 0, outputBytes: 0, inputTokens: 0, outputTokens: 0 },
  earnedAtomic: '0',
}

/** A node that never ran has no journal, and that is an answer too. */
function seen(directory: string, days: number): Seen {
  const since = Math.floor(Date.now() / 1000) - days * DAY_SECONDS
  if (!existsSync(join(directory, 'node.sqlite'))) return { totals: NOTHING, refusals: [], works: new Map() }
  const reader = JournalReader.open(directory)
  try {
    const span = { fromSeconds: since }
    const fromDay = new Date(since * 1000).toISOString().slice(0, 10)
    const refusals = reader.refusals({ fromDay })
    const works = new Map(reader.totalsByWork(span).map(({ workId, turns }) => [workId, turns]))
    for (const { workId } of refusals) if (workId !== '' && !works.has(workId)) works.set(workId, 0)
    return { totals: reader.totals(span), refusals, works }
  } finally {
    reader.close()
  }
}

type Facts = {
  settings: FileConfig
  own: OperatorRecord | null
  status: NodeStatus | null
  asked: number
  turns: number
  refused: Why['refused']
  works: WorkPrice[]
}

/** From what stops everything to what costs a little. */
function findings({ settings, own, status, asked, turns, refused, works }: Facts): Why['findings'] {
  const found: Why['findings'] = []
  const say = (holds: boolean, fact: string, mend: string) => void (holds && found.push({ fact, mend }))
  say(!own, 'The owner is not registered, so nobody finds this node.', 'grimoire-node register')
  say(
    own !== null && !own.active,
    'The bond is too small or leaving: key nodes open nothing for it.',
    'grimoire-node bond',
  )
  say(!status, 'The node does not run.', 'grimoire-node run')
  for (const { name, ok, reason } of status?.ready.checks ?? [])
    say(!ok, `The node is not ready: ${name}. ${reason ?? ''}`.trim(), 'grimoire-node doctor')
  say(
    own !== null && settings.endpoint !== undefined && own.endpoint !== settings.endpoint,
    `The ledger sends holders to ${own?.endpoint}, the configuration says ${settings.endpoint}.`,
    'grimoire-node register',
  )
  say(
    status !== null && asked + turns === 0 && refused.length === 0,
    'Nobody called.',
    'Check from elsewhere that the endpoint answers (doctor says how); ask creators to admit you, and look which base their works need.',
  )
  const count = (code: string) => refused.find(one => one.code === code)?.count ?? 0
  say(
    count('node_busy') > 0,
    `${count('node_busy')} turns found no place.`,
    'Raise engine.sequences, or engine.queue.',
  )
  say(
    count('base_mismatch') > 0,
    `${count('base_mismatch')} callers wanted works of another base model.`,
    'Serve that base.',
  )
  say(
    count('not_admitted') > 0,
    `${count('not_admitted')} callers wanted works that do not admit this operator.`,
    'Ask their creators.',
  )
  say(
    count('engine_failed') > 0,
    `${count('engine_failed')} turns failed in the engine, unpaid.`,
    'grimoire-node doctor',
  )
  say(
    asked > 2 * turns + 5,
    `${asked} callers heard the price, ${turns} turns were paid.`,
    'grimoire-node price',
  )
  for (const { workId, others, cheaper } of works)
    say(
      cheaper > others / 2,
      `${cheaper} of ${others} others ask less for work ${workId.slice(0, 12)}….`,
      'grimoire-node price',
    )
  return found
}

function daysOf(text: string): number {
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days
  const expected = 'a whole number of days, 1 to 3650'
  throw new Problem('usage_invalid', { param: '--days', got: `--days ${text}`, expected })
}

async function collect(options: Options): Promise<Why> {
  const days = daysOf(options.days ?? '7')
  const settings = readSettings(options.config)
  const { totals, refusals, works } = seen(settings.directory, days)
  const ledger = await chainFor(settings)
  const [own, status] = await Promise.all([
    readOperator(ledger, { operator: settings.operator }),
    askDesk(settings.directory, '/status').catch(() => null) as Promise<NodeStatus | null>, // Safety: our own desk answers with this.
  ])
  const peers = (await activeOperators(ledger, settings)).filter(
    ({ operator }) => !sameAddress(operator, settings.operator),
  )
  const compared = own ? await comparePrices(ledger, { own, works, peers }) : []
  const counts = counted(refusals)
  const asked = counts.get('payment_required') ?? 0
  counts.delete('payment_required')
  const refused = [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([code, count]) => ({ code, count, meaning: meaningOf(code) }))
  const { turns, earnedAtomic } = totals
  const facts = { settings, own, status, asked, turns, refused, works: compared }
  return { days, turns, earnedAtomic, asked, refused, works: compared, findings: findings(facts) }
}

const percentile = ({ others, cheaper }: WorkPrice): string =>
  others === 0
    ? 'nobody else serves it'
    : `dearer than ${Math.round((cheaper / others) * 100)} % of ${times(others, 'other')}`

function text({ days, turns, earnedAtomic, asked, refused, works, findings }: Why): string {
  const parts = [
    table([
      ['last', times(days, 'day')],
      ['answered', `${times(turns, 'turn')}, ${dollars(earnedAtomic)} charged`],
      ['asked', `${times(asked, 'time')} for a price (a stock client asks once before each payment)`],
      ...refused.map(({ code, count, meaning }) => ['refused', `${count} x ${code}: ${meaning}`] as const),
    ]),
  ]
  if (works.length > 0)
    parts.push(
      table(
        works.map(work => [
          `${work.workId.slice(0, 12)}…`,
          `${times(work.turns, 'turn')}, ${dollars(work.typicalTurnAtomic)} for a typical one: ${percentile(work)}${work.admitted ? '' : '; it does not admit you'}`,
        ]),
      ),
    )
  parts.push(
    findings.length === 0
      ? 'Nothing stands in the way.'
      : findings
          .map(({ fact, mend }) =>
            table([
              ['-', fact],
              ['', `mend: ${mend}`],
            ]),
          )
          .join('\n'),
  )
  return parts.join('\n\n')
}

export async function why(options: Options): Promise<void> {
  const found = await collect(options)
  answer(options.json, found, () => text(found))
}
