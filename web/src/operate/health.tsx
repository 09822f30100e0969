/** The machine's health: as this edge measured it, as the chats of this browser found it, and as it says itself when asked. */
import type { OperatorRecord } from '@grimoire/client/operator-read'
import type { HealthSample } from '@grimoire/schema/directory'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ledgerName } from '../chain/ledger-name.ts'
import { everyConversation } from '../chat/history.ts'
import { Asked } from '../design/asked.tsx'
import { Pairs } from '../design/pairs.tsx'
import { Chapter, Sheet } from '../design/sheet.tsx'
import { openVault, within } from '../device/vault.ts'
import { askNode } from '../status/ask-node.ts'
import { count, moment, money, plain, plural } from '../words/plain.ts'
import { paceWords } from '../work/measured.ts'
import { DayOf } from './day-of.tsx'
import { heardFrom } from './heard.ts'
import { failureWords, isDown, operatorSeen, type SeenOperator } from './seen.ts'

/** While the edge has not read the newest block, or has not asked the machine yet. */
const ASK_AGAIN_MS = 3_000
const ASK_SELDOM_MS = 30_000
const PROBES_SHOWN = 60

const part = (percent: number | null): string =>
  percent === null
    ? 'not asked in that time'
    : `${percent.toLocaleString('en', { maximumFractionDigits: 2 })} %`
const ms = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'not measured' : `${count(Math.round(value))} ms`

/** Whether the edge knows what the registry says now. */
const isListed = (seen: SeenOperator | null, record: OperatorRecord): boolean =>
  seen !== null &&
  seen.endpoint === record.endpoint &&
  seen.bondAtomic === String(record.bondAtomic) &&
  seen.active === record.active &&
  JSON.stringify(seen.prices) === JSON.stringify(record.prices)

function Listed({ seen, record }: { seen: SeenOperator | null; record: OperatorRecord }) {
  if (!isListed(seen, record))
    return (
      <p role="status">This edge has not read the newest of it on the chain yet; it does so in a moment.</p>
    )
  return (
    <p role="status">
      ✓ This edge lists it as the registry has it: at {money(record.prices.turnFeeAtomic)} an answer, with a
      bond of {money(record.bondAtomic)}, {record.active ? 'active' : 'not active'}.
    </p>
  )
}

function LastFailure({ samples }: { samples: readonly HealthSample[] }) {
  const last = samples.find(isDown)
  if (!last) return <>none within a day</>
  return (
    <>
      {moment(last.atSeconds)}. {failureWords(last)}
    </>
  )
}

function Probes({ samples }: { samples: readonly HealthSample[] }) {
  return (
    <details className="mt-4">
      <summary className="min-h-11 content-center">
        {samples.length > PROBES_SHOWN
          ? `The newest ${PROBES_SHOWN} of ${count(samples.length)}`
          : plural(samples.length, 'probe')}{' '}
        one by one
      </summary>
      <Sheet
        caption="Probes of this edge"
        columns={['When', 'Answered in', 'Price signed in', 'First token in', 'What was wrong']}
        rows={samples.slice(0, PROBES_SHOWN).map(sample => ({
          key: String(sample.atSeconds),
          cells: [
            moment(sample.atSeconds),
            ms(sample.connectMs),
            ms(sample.quoteMs),
            ms(sample.firstTokenMs),
            isDown(sample) ? failureWords(sample) : 'nothing',
          ],
        }))}
      />
    </details>
  )
}

function Measured({ seen }: { seen: SeenOperator }) {
  const { health, samples } = seen
  if (!health)
    return (
      <p className="mt-3">
        It has not asked the machine yet. It asks each active one every few minutes, from outside.
      </p>
    )
  const wait = health.latency_last_30m
  const pace = health.first_token_last_30m
    ? paceWords(health)
    : 'not measured: the node allows it by canaryEverySeconds'
  return (
    <>
      <div className="mt-4 grid items-start gap-x-10 md:grid-cols-2">
        <Pairs
          look="small"
          pairs={[
            ['Now', `${health.status}, asked ${moment(health.measuredAtSeconds)}`],
            ['Up, 5 minutes', part(health.uptime_last_5m)],
            ['Up, 30 minutes', part(health.uptime_last_30m)],
            ['Up, a day', part(health.uptime_last_1d)],
          ]}
        />
        <Pairs
          look="small"
          pairs={[
            [
              'Price signed in',
              wait ? `${ms(wait.p50)} (p50), ${ms(wait.p90)} (p90), ${ms(wait.p99)} (p99)` : 'not measured',
            ],
            ['First token; pace', pace],
            ['Last failure', <LastFailure key="last" samples={samples} />],
          ]}
        />
      </div>
      <DayOf samples={samples} />
      <Probes samples={samples} />
    </>
  )
}

function ByEdge({ record }: { record: OperatorRecord }) {
  const seen = useQuery({
    ...operatorSeen(record.operator),
    refetchInterval: ({ state }) =>
      state.data && isListed(state.data, record) && (state.data.health || !record.active)
        ? ASK_SELDOM_MS
        : ASK_AGAIN_MS,
  })
  return (
    <>
      <h3 className="mb-2 text-xl">As this edge measures it</h3>
      <Asked question={seen} waiting="Asking the edge" lines={4}>
        {told => (
          <>
            <Listed seen={told} record={record} />
            {told && <Measured seen={told} />}
          </>
        )}
      </Asked>
    </>
  )
}

/** Nothing of it leaves this device: the chats are in its encrypted store. */
function ByHolders({ operator }: { operator: string }) {
  const heard = useQuery({
    queryKey: ['operate', operator, 'heard'],
    queryFn: async () => {
      const vault = within(await openVault(), `${await ledgerName()}:`)
      return heardFrom(await everyConversation(vault), operator)
    },
  })
  return (
    <>
      <h3 className="mt-8 mb-2 text-xl">As holders measure it</h3>
      <Asked question={heard} waiting="Counting the answers of this browser" lines={2}>
        {({ answers, firstTokenMs, tokensPerSecond, stopped, lastAtSeconds }) => (
          <>
            <p>
              <strong>From this browser: {plural(answers, 'answer')}.</strong>{' '}
              {answers === 0 &&
                'Chat with a work through this machine, and what you waited is counted here. Other holders’ chats are on their own devices, and reach nobody.'}
            </p>
            {answers > 0 && (
              <div className="mt-3">
                <Pairs
                  look="small"
                  pairs={[
                    [
                      'First words in',
                      `${ms(firstTokenMs?.p50)} (p50), ${ms(firstTokenMs?.p90)} (p90), ${ms(firstTokenMs?.p99)} (p99)`,
                    ],
                    [
                      'Speed',
                      tokensPerSecond === null
                        ? 'not said'
                        : `${count(Math.round(tokensPerSecond))} tokens a second, as the machine says`,
                    ],
                    ['Stopped by you', count(stopped)],
                    ['The last', lastAtSeconds === null ? 'not known' : moment(lastAtSeconds)],
                  ]}
                />
              </div>
            )}
          </>
        )}
      </Asked>
    </>
  )
}

function ByItself({ record }: { record: OperatorRecord }) {
  const [asked, setAsked] = useState(false)
  const answer = useQuery({
    queryKey: ['operate', 'ask', record.endpoint],
    enabled: asked,
    queryFn: () => askNode(record),
  })
  return (
    <>
      <h3 className="mt-8 mb-2 text-xl">As it says itself</h3>
      <button
        type="button"
        className="button"
        disabled={answer.isFetching}
        onClick={() => (asked ? void answer.refetch() : setAsked(true))}
      >
        Ask the machine from here
      </button>
      <p role="status" className="mt-2">
        {answer.data === undefined ? '' : plain(answer.data)}
      </p>
    </>
  )
}

export function Health({ record }: { record: OperatorRecord }) {
  return (
    <Chapter title="Health">
      <ByEdge record={record} />
      <ByHolders operator={record.operator} />
      <ByItself record={record} />
    </Chapter>
  )
}
