/** An answer that broke off: its holder goes on with it, or gives it up for what it costs. */
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Again } from '../design/states.tsx'
import { plain } from '../words/plain.ts'
import { costsAtMost } from './answering.ts'
import type { Room } from './room.ts'
import type { UnderWay } from './under-way.ts'

export function CutOff(props: {
  room: Room
  cutOff: UnderWay
  depositAtomic: bigint
  /** Who answers now. */
  operator: Hex | undefined
  choose: (operator: Hex) => void
}) {
  const { room, cutOff, depositAtomic, operator, choose } = props
  const { question, turn } = cutOff
  const goOn = () => {
    const its = turn.checked.quote.operator
    if (operator && !sameAddress(its, operator)) choose(its)
    void room.goOn(depositAtomic)
  }
  return (
    <section aria-label="An answer that broke off" className="my-6 border-l-3 border-edge py-1 pl-4">
      <p>
        <strong>The answer to “{plain(question.slice(0, 60))}” broke off.</strong> Its machine may still know
        it. {costsAtMost(turn)}
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        <Again label="Go on where it broke off" run={goOn} />
        <button type="button" className="button quiet" onClick={() => void room.giveUp()}>
          Give it up
        </button>
      </div>
    </section>
  )
}
