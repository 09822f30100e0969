/** What is promised and what is not, and what everyone takes: the page to read before one pays. */
import { LIMITS } from '@grimoire/schema/work'
import { useQuery } from '@tanstack/react-query'
import { hands } from '../chain/hands.ts'
import { type Pair, Pairs } from '../design/pairs.tsx'
import { Chapter } from '../design/sheet.tsx'
import { Refusal } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { percent } from '../words/plain.ts'

const PROMISED = [
  'A work that you sold stops answering you at an honest machine within one block and two seconds.',
  'Fewer key nodes than the threshold learn nothing of any sealed work.',
  'The edge that lists the works holds ciphertext only, and cannot open it.',
  'A holder alone cannot read a sealed work, and a machine alone reads nothing.',
  'What reaches a work’s splitter pays its maker, to the last unit; this page pays nowhere else.',
  'Neither side of a chat can be cheated of more than one answer.',
  'An answer that fails is free. One that you stop costs what was delivered.',
  'This page catches an edge that says something else than the chain, before you pay.',
  'While you chat your wallet is not asked; what you set aside and did not use comes back.',
]

const NOT_PROMISED = [
  'A machine that serves a work can copy it, and reads the chats. Makers admit machines that they trust; so should you.',
  'As many key nodes as the threshold, together, can open everything; those that share an endpoint of the chain trust it.',
  'You trust whoever served you this page. A released one has a published hash, and can be served from anywhere.',
  'A model can be talked into paraphrasing its hidden text.',
  'A text that was opened cannot be un-read, nor kept from being minted again.',
  'Which wallet holds what is public.',
  'That the named model really ran is not yet proved.',
  'A buyer and an operator who trade outside the market pay nobody.',
]

function List({ lines }: { lines: readonly string[] }) {
  return (
    <ul className="max-w-3xl divide-y divide-line border-y border-line">
      {lines.map(line => (
        <li key={line} className="py-2.5 font-book text-xl">
          {line}
        </li>
      ))}
    </ul>
  )
}

function Fees() {
  const fee = useQuery({
    queryKey: ['fee'],
    queryFn: async () => {
      const { market, reading } = await hands()
      return reading.protocolFeeBps(market)
    },
  })
  if (fee.isError) return <Refusal error={fee.error} />
  const rows: Pair[] = [
    [
      'The market',
      `${fee.data === undefined ? 'A share (the ledger is being asked)' : percent(fee.data)} of each sale and each answer; never more than ${percent(LIMITS.maxProtocolFeeBps)}.`,
    ],
    [
      'A maker, of a resale',
      `what its work’s terms say, at most ${percent(LIMITS.maxResaleRoyaltyBps)}; fixed when it was minted.`,
    ],
    [
      'A maker, of an answer',
      `what its work’s terms say, at most ${percent(LIMITS.maxUsageRoyaltyBps)}; works that it builds on share in that.`,
    ],
    ['A machine', 'the rest of each answer, at its own price, within the ceilings of the work.'],
  ]
  return (
    <div className="max-w-3xl">
      <Pairs look="ruled" pairs={rows} />
    </div>
  )
}

export function TrustPage() {
  useTitle('What is promised, and what is not')
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>What is promised, and what is not</h1>
      <Chapter title="Promised, and each proved by a test">
        <List lines={PROMISED} />
      </Chapter>
      <Chapter title="Not promised">
        <List lines={NOT_PROMISED} />
      </Chapter>
      <Chapter title="Who takes what">
        <Fees />
      </Chapter>
    </div>
  )
}
