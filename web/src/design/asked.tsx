/** What was asked of the edge or the chain: waited for, refused with a way to ask again, or there. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Again, Refusal, Waiting } from './states.tsx'

export function Asked<T>(props: {
  question: UseQueryResult<T>
  /** What is waited for, in words, or what stands in its place until it is there. */
  waiting: string | { shown: ReactNode }
  lines?: number
  /** Around what stands in place of the answer. */
  className?: string
  /** Ways on beside asking again. */
  otherwise?: ReactNode
  children: (data: T) => ReactNode
}) {
  const { question, waiting, lines, className, otherwise, children } = props
  const refusal = question.isError && (
    <Refusal error={question.error}>
      <Again run={() => void question.refetch()} />
      {otherwise}
    </Refusal>
  )
  // What was read before stays where it is when reading it anew fails, and with it whatever is being done there.
  if (question.data !== undefined)
    return (
      <>
        {refusal && <div className="mb-6">{refusal}</div>}
        {children(question.data)}
      </>
    )
  if (question.isPending && typeof waiting !== 'string') return waiting.shown
  return (
    <div className={className}>
      {refusal || <Waiting label={String(waiting)} {...(lines === undefined ? {} : { lines })} />}
    </div>
  )
}
