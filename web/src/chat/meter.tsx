/** What it costs: this chat so far, what is set aside, about how many answers that is, and the way to get the rest back. */
import { chargeAtomic } from '@grimoire/schema/price'
import { useEffect, useState } from 'react'
import { Refusal } from '../design/states.tsx'
import { hostOf } from '../words/host.ts'
import { count, money, plain, short } from '../words/plain.ts'
import { costOf } from './conversation.ts'
import { DEPOSITS_ATOMIC } from './deposit.ts'
import type { Place, Room, RoomState } from './room.ts'

/** For the first estimate, before there is an answer to go by. */
const USUAL = { inputBytes: 400, outputBytes: 300 }

type Props = {
  room: Room
  state: RoomState
  place: Place
  depositAtomic: bigint
  setDepositAtomic: (depositAtomic: bigint) => void
}

function usualCost({ state, place }: Pick<Props, 'state' | 'place'>): bigint {
  const charges = state.conversation.exchanges
    .flatMap(({ answers }) => answers)
    .flatMap(({ proof }) => (proof ? [BigInt(proof.receipt.chargedAtomic)] : []))
  if (charges.length === 0) return chargeAtomic(place.checked.quote.prices, USUAL) || 1n
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

function SetAside({ depositAtomic, setDepositAtomic, place }: Omit<Props, 'room' | 'state'>) {
  const leastAtomic = BigInt(place.checked.quote.minDepositAtomic)
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
  const { room, state, place, depositAtomic } = props
  const { quote, nodeUrl } = place.checked
  const { money: purse } = state
  const each = usualCost(props)
  // What this device remembers of the channel costs no signature to look up.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the room is entered
  useEffect(() => {
    room.look(depositAtomic).catch(() => undefined)
  }, [room])
  const left = purse?.leftAtomic ?? 0n
  const back = useReturn(props)
  return (
    <section aria-labelledby="meter" className="space-y-4">
      <h2 id="meter" className="rubric">
        What it costs
      </h2>
      <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 tabular-nums [&>dd]:text-right">
        <dt className="text-faded">This chat</dt>
        <dd>{money(costOf(state.conversation))}</dd>
        <dt className="text-faded">An answer, about</dt>
        <dd>{money(each)}</dd>
        {left > 0n && (
          <>
            <dt className="text-faded">Set aside, left</dt>
            <dd>{money(left)}</dd>
          </>
        )}
      </dl>
      {left > 0n ? (
        <div>
          <p>
            That is about <strong>{count(left / each)}</strong> answers.
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
      ) : (
        <SetAside {...props} />
      )}
      {back.state.stage === 'done' && left === 0n && <p role="status">It is in your wallet again.</p>}
      {back.state.stage === 'failed' && <Refusal error={back.state.error} />}
      <p className="whisper">
        Answered by {plain(hostOf(nodeUrl) ?? nodeUrl)}, operator {short(quote.operator)}. It reads what you
        write.
      </p>
    </section>
  )
}
