/** The machines that serve this work: which one answers, and the way to another. */
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { hostOf } from '../words/host.ts'
import { money, plain, short } from '../words/plain.ts'
import { machinesOf, type Place } from './place.ts'

/** Buttons for a refusal: the conversation goes along to the one that is chosen. */
export function OtherMachines(props: {
  workId: string
  operator: Hex | undefined
  choose: (operator: Hex) => void
}) {
  const { workId, operator, choose } = props
  const { data: operators = [] } = useQuery(machinesOf(workId))
  return operators
    .filter(one => !operator || !sameAddress(one.operator, operator))
    .map(({ operator: other, endpoint }) => (
      <button key={other} type="button" className="button" onClick={() => choose(other)}>
        Ask {plain(hostOf(endpoint) ?? short(other))} instead
      </button>
    ))
}

export function Machines({ place, busy }: { place: Place; busy: boolean }) {
  const { quote, nodeUrl } = place.checked
  const { data: operators = [] } = useQuery(machinesOf(place.workId))
  const others = operators.filter(({ operator }) => !sameAddress(operator, quote.operator))
  return (
    <div className="whisper">
      <p>
        Answered by {plain(hostOf(nodeUrl) ?? nodeUrl)}, operator {short(quote.operator)}. It reads what you
        write.
      </p>
      {others.length > 0 && (
        <details>
          <summary className="min-h-11 content-center">Ask another machine</summary>
          <p>What you set aside stays with this one, and can be taken back. The other asks for leave anew.</p>
          <ul>
            {others.map(({ operator, endpoint, prices }) => (
              <li key={operator}>
                <Link
                  to="/chat/$workId"
                  params={{ workId: place.workId }}
                  search={{ operator }}
                  disabled={busy}
                  className="inline-block min-h-11 content-center"
                >
                  {plain(hostOf(endpoint) ?? short(operator))}, {money(prices.turnFeeAtomic)} an answer
                </Link>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}
