/** Every share and bound of the market: what holds, the most that it can become, who may change it, and what is announced. */
import type { Announcement } from '@grimoire/client/economy-history'
import type { Economy } from '@grimoire/client/read-economy'
import { LIMITS } from '@grimoire/schema/work'
import { useQuery } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'
import { Asked } from '../design/asked.tsx'
import { Chapter, Sheet } from '../design/sheet.tsx'
import { useTitle } from '../frame/title.ts'
import { count, moment, money, percent, plain, plural, short } from '../words/plain.ts'

const useEconomy = () =>
  useQuery({
    queryKey: ['economy'],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.readEconomy(market)
    },
  })

const useHistory = () =>
  useQuery({
    queryKey: ['economy', 'history'],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.economyHistory(market)
    },
  })

const span = (seconds: number): string =>
  seconds % 86_400 === 0 ? plural(seconds / 86_400, 'day') : plural(Math.round(seconds / 3_600), 'hour')

/** Name, what holds, the bound, who may change it and how long before it is said. */
const sharesOf = ({ feeBps, maxFeeBps, noticeSeconds, owners }: Economy) => [
  [
    'The market, of each sale and answer',
    percent(feeBps),
    percent(maxFeeBps),
    `${short(owners.policy)}, said ${span(noticeSeconds)} before`,
  ],
  [
    'A maker, of a resale',
    'as its work says',
    percent(LIMITS.maxResaleRoyaltyBps),
    'nobody, once it is minted',
  ],
  [
    'A maker, of an answer',
    'as its work says',
    percent(LIMITS.maxUsageRoyaltyBps),
    'nobody, once it is minted',
  ],
  [
    'A machine, of an answer',
    'the rest',
    'its price, within the ceilings of the work',
    'its operator, at once',
  ],
]

const boundsOf = (economy: Economy) => [
  ['The least bond', money(economy.minimumBondAtomic), 'nobody'],
  ['A bond is free after', span(economy.unbondingSeconds), 'nobody'],
  [
    'A slash takes at most',
    `${percent(economy.maxSlashBps)} of a bond, said ${span(economy.slashNoticeSeconds)} before`,
    `${short(economy.owners.operators)} may announce one`,
  ],
  ['What is slashed goes to', short(economy.slashedTo), 'nobody'],
  ['The market’s share goes to', short(economy.treasury), 'nobody'],
  [
    'Other key nodes',
    `said ${span(economy.keepersNoticeSeconds)} before`,
    `${short(economy.owners.keyNetwork)} may announce them`,
  ],
]

const keyed = (rows: readonly (readonly string[])[]) => rows.map(cells => ({ key: cells[0] ?? '', cells }))

function words(one: Announcement): string {
  switch (one.kind) {
    case 'fee_announced':
      return `The market’s share becomes ${percent(one.feeBps)}, from ${moment(one.effectiveAtSeconds)}`
    case 'fee_withdrawn':
      return `A share of ${percent(one.feeBps)} was taken back before it held`
    case 'marketplace_announced':
      return `The marketplace ${short(one.account)} may move editions, from ${moment(one.effectiveAtSeconds)}`
    case 'marketplace_removed':
      return `The marketplace ${short(one.account)} may not any more, from ${moment(one.effectiveAtSeconds)}`
    case 'slash_announced':
      return `${money(one.amountAtomic)} of ${short(one.operator)}’s bond is to be taken, due ${moment(one.dueAtSeconds)}: ${plain(one.reason)}`
    case 'slashed':
      return `${money(one.amountAtomic)} of ${short(one.operator)}’s bond was taken`
    case 'keepers_announced':
      return `${count(one.nodes)} key nodes, ${count(one.threshold)} of them together, from ${moment(one.activatableAtSeconds)}`
  }
}

function History({ history }: { history: readonly Announcement[] }) {
  if (history.length === 0) return <p>Nothing was ever announced: all stands as it was deployed.</p>
  return (
    <Sheet
      caption="Everything that was announced"
      columns={['Block', 'What', 'Transaction']}
      rows={history.map(one => ({
        key: `${one.transaction}${one.kind}`,
        cells: [count(one.blockNumber), words(one), short(one.transaction)],
      }))}
    />
  )
}

function Whole({ economy }: { economy: Economy }) {
  const { announcedFee } = economy
  return (
    <>
      <Chapter title="Who takes what">
        <Sheet
          caption="Shares"
          columns={['Who', 'Now', 'At most', 'Who may change it']}
          rows={keyed(sharesOf(economy))}
        />
        <p className="mt-4">
          {announcedFee
            ? `Announced: ${percent(announcedFee.feeBps)} from ${moment(announcedFee.effectiveAtSeconds)}. A work keeps its old share until somebody has it adopt the new one.`
            : 'No other share is announced.'}
        </p>
      </Chapter>
      <Chapter title="Bonds and keepers">
        <Sheet
          caption="Bounds"
          columns={['What', 'Now', 'Who may change it']}
          rows={keyed(boundsOf(economy))}
        />
      </Chapter>
    </>
  )
}

export function EconomyPage() {
  useTitle('Economy')
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>Who takes what, and who may change it</h1>
      <p className="mt-4 max-w-3xl font-book text-xl">
        Read from the contracts by this page, just now. Nothing of it can be changed beyond these bounds, by
        anyone.
      </p>
      <Asked question={useEconomy()} waiting="Asking the contracts" lines={6} className="mt-10">
        {economy => <Whole economy={economy} />}
      </Asked>
      <Chapter title="What was announced">
        <Asked question={useHistory()} waiting="Reading what was announced" lines={3}>
          {history => <History history={history} />}
        </Asked>
      </Chapter>
    </div>
  )
}
