/** The state of the market's parts: chain, edge, key nodes, operators; each from the one who knows it best. */
import type { OperatorRecord } from '@grimoire/client/operator-read'
import { edgeHealth } from '@grimoire/schema/catalogue'
import { nodeHealth } from '@grimoire/schema/node'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { hands } from '../chain/hands.ts'
import { Chapter, Sheet } from '../design/sheet.tsx'
import { Again, Refusal, Waiting } from '../design/states.tsx'
import { ask } from '../edge/ask.ts'
import { useTitle } from '../frame/title.ts'
import { hostOf } from '../words/host.ts'
import { count, day, moment, money, plain, short } from '../words/plain.ts'

const EVERY_MS = 10_000
const NODE_PATIENCE_MS = 5_000

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
        ask('/v1/health', { read: body => edgeHealth.parse(body) }),
      ])
      return { chainId: market.addresses.chainId, block, keepers, operators, health }
    },
  })
type Parts = NonNullable<ReturnType<typeof useParts>['data']>

/** A machine's own word, and how long it took to say it from here. */
async function askNode({ endpoint }: OperatorRecord): Promise<string> {
  const started = performance.now()
  try {
    const answer = await fetch(`${endpoint.replace(/\/+$/, '')}/health`, {
      signal: AbortSignal.timeout(NODE_PATIENCE_MS),
    })
    const { base, llamaRelease, gpu, openWorks } = nodeHealth.parse(await answer.json())
    const ms = Math.round(performance.now() - started)
    return `${plain(base.name)}, llama.cpp ${plain(llamaRelease)}, ${gpu ? plain(gpu) : 'no GPU'}, ${count(openWorks)} works open, after ${ms} ms`
  } catch {
    return `no answer within ${NODE_PATIENCE_MS / 1000} s`
  }
}

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
  const { chainId, block, keepers, operators, health } = parts
  return (
    <>
      <Chapter title="Chain and edge">
        <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-[12rem_1fr]">
          <dt className="text-faded">Chain {chainId}</dt>
          <dd>
            block {count(block.number)}, {moment(Number(block.timestamp))}
          </dd>
          <dt className="text-faded">This edge</dt>
          <dd>
            {health.status === 'ok' ? 'reads along' : plain(health.reason ?? 'behind')}, at block{' '}
            {count(health.indexedBlock)}
          </dd>
        </dl>
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
      </Chapter>
    </>
  )
}

export function StatusPage() {
  const parts = useParts()
  useTitle('Status')
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>The state of the market</h1>
      {parts.isPending && (
        <div className="mt-10">
          <Waiting label="Asking the chain and the edge" lines={6} />
        </div>
      )}
      {parts.isError && (
        <div className="mt-10">
          <Refusal error={parts.error}>
            <Again run={() => void parts.refetch()} />
          </Refusal>
        </div>
      )}
      {parts.data && <Whole parts={parts.data} />}
    </div>
  )
}
