/** Why an operator earns nothing: what stands in the way, as far as an edge and the registry can see it from outside. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { faultWords, operatorSeen, type SeenOperator } from '../operate/seen.ts'
import { plural } from '../words/plain.ts'

function healthReasons({ health }: SeenOperator): string[] {
  if (!health) return ['This edge has not asked the machine yet; it asks each one every few minutes.']
  if (health.status === 'up') return []
  return [`When this edge last asked, the machine was down. ${faultWords(health.fault)}`]
}

function workReasons({ works }: SeenOperator): string[] {
  if (works.length === 0)
    return ['No maker lists this operator: only works that admit anybody with a bond can come to it.']
  const open = works.filter(({ acceptedAtSeconds }) => acceptedAtSeconds === null).length
  return open > 0
    ? [`It has not undertaken to serve ${plural(open, 'work')} that list it; those who did are asked first.`]
    : []
}

function reasonsOf(operator: SeenOperator | null): string[] {
  if (!operator) return ['This account is not registered as an operator on this market.']
  const bond = operator.active ? [] : ['Its bond is too small or being taken back, so no holder asks it.']
  return [...bond, ...healthReasons(operator), ...workReasons(operator)]
}

export function Why({ address }: { address: string }) {
  return (
    <div className="mt-8 max-w-2xl">
      <h3 className="mb-2 text-xl">Why am I not earning?</h3>
      <Asked
        question={useQuery(operatorSeen(address))}
        waiting="Looking at the machine from outside"
        lines={2}
      >
        {operator => <Reasons reasons={reasonsOf(operator)} />}
      </Asked>
    </div>
  )
}

function Reasons({ reasons }: { reasons: readonly string[] }) {
  return (
    <>
      {reasons.length === 0 ? (
        <p>Nothing that can be seen from outside stands in the way.</p>
      ) : (
        <ul className="list-disc space-y-1 pl-5">
          {reasons.map(reason => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
      <p className="whisper mt-2">
        Answers are credited when the machine has claimed them, which it does by itself from time to time.{' '}
        <Link to="/operate" className="text-rubric">
          Operate a machine
        </Link>
      </p>
    </>
  )
}
