/** What went wrong with a question or with its machine, and every way on from there. */
import type { Hex } from '@grimoire/schema/hex'
import { isProblem, Problem, type ProblemCode } from '@grimoire/schema/problem'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Again, Refusal } from '../design/states.tsx'
import { askForWallet } from '../wallet/asking.ts'
import { RaiseCap } from './cap.tsx'
import { OtherMachines } from './machines.tsx'
import type { Room, RoomState } from './room.ts'

/** The machine's doing: another one may do better. */
const ITS_FAULT: ReadonlySet<ProblemCode> = new Set([
  ...(['node_unreachable', 'node_insecure', 'node_busy', 'node_draining', 'engine_failed'] as const),
  ...(['timed_out', 'receipt_invalid', 'quote_invalid', 'payment_refused', 'adapter_unserved'] as const),
  ...(['network_too_few_nodes', 'not_bonded', 'not_admitted', 'price_above_ceiling'] as const),
])

const isItsFault = (error: unknown): boolean => error instanceof Problem && ITS_FAULT.has(error.code)

/** The day's cap; a turn and a deposit have caps of their own, which this does not raise. */
const isDayOver = (error: unknown): boolean =>
  isProblem(error, 'cap_reached') && error.details.param === 'capAtomic'

type Props = {
  room: Room
  state: RoomState
  depositAtomic: bigint
  /** Who did not answer. */
  operator: Hex | undefined
  /** Takes the conversation to another one. */
  choose: (operator: Hex) => void
}

/** Of a question that failed. */
export function Trouble({ room, state, depositAtomic, operator, choose }: Props) {
  const { error } = state
  return (
    <div className="my-6">
      <Refusal error={error}>
        {isProblem(error, 'prompt_too_long') && (
          <Again label="Begin a new conversation" run={() => room.begin()} />
        )}
        {isDayOver(error) && <RaiseCap shelf={room.shelf} retry={() => room.retry(depositAtomic)} />}
        {isProblem(error, 'not_holder') && (
          <Link to="/library" className="button">
            To your library
          </Link>
        )}
        {isItsFault(error) && (
          <OtherMachines
            workId={room.shelf.workId}
            operator={operator}
            choose={other => {
              choose(other)
              void room.retry(depositAtomic)
            }}
          />
        )}
      </Refusal>
    </div>
  )
}

/** Of a machine that could not be asked at all; what was said stays readable. */
export function NoMachine({
  workId,
  error,
  again,
  ...others
}: Pick<Props, 'operator' | 'choose'> & { workId: string; error: unknown; again: () => void }) {
  const ways: ReactNode = isProblem(error, 'not_holder') ? (
    <>
      <Link to="/works/$workId" params={{ workId }} className="button chief">
        Look at the work
      </Link>
      <button type="button" className="button" onClick={() => void askForWallet()}>
        Use another wallet
      </button>
    </>
  ) : (
    <>
      <Again run={again} />
      <OtherMachines workId={workId} {...others} />
    </>
  )
  return (
    <div className="my-6">
      <Refusal error={error}>{ways}</Refusal>
    </div>
  )
}
