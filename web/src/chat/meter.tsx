/** What it costs: this chat so far, what is set aside, about how many answers that is, and the way to get the rest back. */
import { chargeAtomic } from '@grimoire/schema/price'
import { useEffect, useState } from 'react'
import { Pairs } from '../design/pairs.tsx'
import { Refusal } from '../design/states.tsx'
import { count, money } from '../words/plain.ts'
import { Cap } from './cap.tsx'
import { costOf } from './conversation.ts'
import { DEPOSITS_ATOMIC, depositOf } from './deposit.ts'
import { Machines } from './machines.tsx'
import type { Place } from './place.ts'
import type { Room, RoomState } from './room.ts'

/** For the first estimate, before there is an answer to go by. */
const USUAL = { inputBytes: 400, outputBytes: 300 }

type Props = {
  room: Room
  state: RoomState
  place: Place | null
  depositAtomic: bigint
  setDepositAtomic: (depositAtomic: bigint) => void
}

/** Null while neither an answer nor a price is there to go by. */
function usualCost({ state, place }: Pick<Props, 'state' | 'place'>): bigint | null {
  const charges = state.conversation.exchanges
    .flatMap(({ answers }) => answers)
    .flatMap(({ proof }) => (proof ? [BigInt(proof.receipt.chargedAtomic)] : []))
  if (charges.length === 0) return place && (chargeAtomic(place.checked.quote.prices, USUAL) || 1n)
  return charges.reduce((sum, one) => sum + one, 0n) / BigInt(charges.length) || 1n
}

type Return = { stage: 'idle' | 'asked' | 'done' } | { stage: 'failed'; error: unknown }

/** Asking the machine for the rest; what came of it is said also when there is nothing left to ask for. */
function useReturn({ room, depositAtomic }: Pick<Props, 'room' | 'depositAtomic'>) {
  const [state, setState] = useState<Return>({ stage: 'idle' })
  const take = async () => {
    setState({ stage: 'asked' })
    try {
      await room.refund(depositAtomic)
      setState({ stage: 'done' })
    } catch (error) {
      setState({ stage: 'failed', error })
    }
  }
  return { state, take }
}

type SetAsideProps = Omit<Props, 'room' | 'state' | 'place'> & { place: Place }

function SetAside({ depositAtomic: wanted, setDepositAtomic, place }: SetAsideProps) {
  const leastAtomic = BigInt(place.checked.quote.minDepositAtomic)
  const depositAtomic = depositOf(wanted, place.checked)
  const choices = [...new Set([...DEPOSITS_ATOMIC, depositAtomic])].filter(one => one >= leastAtomic)
  return (
    <label className="block">
      Set aside for answers
      <select
        className="field mt-1"
        value={String(depositAtomic)}
        onChange={event => setDepositAtomic(BigInt(event.target.value))}
      >
        {choices.map(one => (
          <option key={String(one)} value={String(one)}>
            {money(one)}
          </option>
        ))}
      </select>
      <span className="whisper">It stays yours until it is answered for.</span>
    </label>
  )
}

export function Meter(props: Props) {
  const { room, state, place } = props
  const { money: purse } = state
  const each = usualCost(props)
  useEffect(() => {
    // Without an answer the sums stay away; the question that follows says what is wrong.
    if (place) room.look(place).catch(() => undefined)
  }, [room, place])
  const left = purse?.leftAtomic ?? 0n
  const back = useReturn(props)
  return (
    <section aria-labelledby="meter" className="space-y-4">
      <h2 id="meter" className="rubric">
        What it costs
      </h2>
      <Pairs
        look="sums"
        pairs={[
          ['This chat', money(costOf(state.conversation))],
          ...(each === null ? [] : [['An answer, about', money(each)] as const]),
          ...(left > 0n ? [['Set aside, left', money(left)] as const] : []),
        ]}
      />
      {left > 0n && (
        <div>
          <p>
            That is about <strong>{count(left / (each ?? 1n))}</strong> answers.
          </p>
          <button
            type="button"
            className="button quiet -ml-2"
            disabled={back.state.stage === 'asked' || state.live !== null}
            onClick={() => void back.take()}
          >
            {back.state.stage === 'asked' ? 'Taking it back…' : 'Take the rest back'}
          </button>
        </div>
      )}
      {left === 0n && place && <SetAside {...props} place={place} />}
      <Cap shelf={room.shelf} busy={state.live !== null} />
      {back.state.stage === 'done' && left === 0n && <p role="status">It is in your wallet again.</p>}
      {back.state.stage === 'failed' && <Refusal error={back.state.error} />}
      {place && <Machines place={place} busy={state.live !== null} />}
    </section>
  )
}
