/** The state of the market's parts: chain, edge, key nodes, operators; each from the one who knows it best. */
import type { OperatorRecord } from '@grimoire/client/operator-read'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { hands } from '../chain/hands.ts'
import { Asked } from '../design/asked.tsx'
import { type Pair, Pairs } from '../design/pairs.tsx'
import { Chapter, Sheet } from '../design/sheet.tsx'
import { useTitle } from '../frame/title.ts'
import { hostOf } from '../words/host.ts'
import { count, day, moment, money, plain, short } from '../words/plain.ts'
import { askNode } from './ask-node.ts'

const EVERY_MS = 10_000

const useParts = () =>
  useQuery({
    queryKey: ['status'],
    refetchInterval: EVERY_MS,
    queryFn: async () => {
      const { market, reading } = await hands()
      const [block, keepers, operators, health] = await Promise.all([
        market.publicClient.getBlock(),
        reading.keepersOf(market),
        reading.findOperators(market),
        reading.readEdgeHealth(market),
      ])
      const { edgeUrl } = market
      return { chainId: market.addresses.chainId, edgeUrl, block, keepers, operators, health }
    },
  })
type Parts = NonNullable<ReturnType<typeof useParts>['data']>

function Health({ operators }: { operators: readonly OperatorRecord[] }) {
  const [asked, setAsked] = useState(false)
  const answers = useQuery({
    queryKey: ['node-health', operators.map(({ endpoint }) => endpoint)],
    enabled: asked,
    queryFn: () => Promise.all(operators.map(async one => ({ one, says: await askNode(one) }))),
  })
  return (
    <div className="mt-5">
      <button
        type="button"
        className="button"
        disabled={answers.isFetching || operators.length === 0}
        onClick={() => (asked ? void answers.refetch() : setAsked(true))}
      >
        Ask the machines now
      </button>
      <p className="whisper mt-2">They are strangers’ machines: they see the address of whoever asks.</p>
      <ul role="status" className="mt-3 space-y-1">
        {answers.data?.map(({ one, says }) => (
          <li key={one.operator}>
            {short(one.operator)}: {says}
          </li>
        ))}
      </ul>
    </div>
  )
}

const stateOf = ({ active, freeAtSeconds }: OperatorRecord): string =>
  active ? 'serves' : freeAtSeconds ? `leaves, bond free on ${day(freeAtSeconds)}` : 'its bond is too small'

function Whole({ parts }: { parts: Parts }) {
  const { chainId, edgeUrl, block, keepers, operators, health } = parts
  const read = health.status === 'ok' ? 'reads along' : plain(health.reason ?? 'behind')
  const ofChain: Pair = [
    `Chain ${chainId}`,
    `block ${count(block.number)}, ${moment(Number(block.timestamp))}`,
  ]
  // Its own word on how well it is, and how far behind this page saw it to be.
  const ofEdge: Pair = [
    `The edge at ${hostOf(edgeUrl ?? '') ?? 'no place'}`,
    `${read}, at block ${count(health.indexedBlock)}, ${count(health.lagBlocks)} behind the chain`,
  ]
  return (
    <>
      <Chapter title="Chain and edge">
        <Pairs look="facts" pairs={[ofChain, ofEdge]} />
      </Chapter>
      <Chapter title="Key nodes">
        <p className="mb-4">
          {count(keepers.threshold)} of {count(keepers.nodes.length)} together open a key; fewer learn
          nothing. Epoch {count(keepers.epoch.number)}.
        </p>
        <Sheet
          caption="Key nodes"
          columns={['Node', 'At', 'Its key']}
          rows={keepers.nodes.map(({ index, url, verificationKey }) => ({
            key: url,
            cells: [String(index), plain(hostOf(url) ?? url), short(verificationKey)],
          }))}
        />
      </Chapter>
      <Chapter title="Operators">
        {operators.length === 0 ? (
          <p>No operator has registered yet; nothing is answered until one has.</p>
        ) : (
          <Sheet
            caption="Operators"
            columns={['Operator', 'At', 'State', 'Bond', 'An answer', 'Million bytes in', 'and out']}
            rows={operators.map(one => ({
              key: one.operator,
              cells: [
                short(one.operator),
                plain(hostOf(one.endpoint) ?? one.endpoint.slice(0, 60)),
                stateOf(one),
                money(one.bondAtomic),
                money(one.prices.turnFeeAtomic),
                money(one.prices.inputPerMillionBytesAtomic),
                money(one.prices.outputPerMillionBytesAtomic),
              ],
            }))}
          />
        )}
        <Health operators={operators} />
        <p className="mt-5">
          <Link to="/operate" className="text-rubric">
            Operate a machine of your own
          </Link>
        </p>
      </Chapter>
    </>
  )
}

export function StatusPage() {
  useTitle('Status')
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>The state of the market</h1>
      <Asked question={useParts()} waiting="Asking the chain and the edge" lines={6} className="mt-10">
        {parts => <Whole parts={parts} />}
      </Asked>
    </div>
  )
}
