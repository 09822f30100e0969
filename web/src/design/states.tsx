/** What a page shows when there is nothing to show: it is waiting, there is nothing, or it failed. Each says what to do. */
import { asProblem, problems } from '@grimoire/schema/problem'
import type { ReactNode } from 'react'
import { plain } from '../words/plain.ts'

/** A sentence and a way on. */
export function Notice({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto max-w-xl py-12 text-center">
      <h2 className="text-3xl">{title}</h2>
      <div className="mt-3 space-y-4 text-faded">{children}</div>
    </div>
  )
}

/** What went wrong, what would mend it, and the facts for those who want them. */
export function Refusal({ error, children }: { error: unknown; children?: ReactNode }) {
  const problem = asProblem(error)
  const { title } = problems[problem.code]
  const facts = plain(problem.message.slice(title.length).trim())
  const raw = problem.code === 'internal' && error instanceof Error ? error.message : ''
  return (
    <div role="alert" className="border-l-3 border-rubric py-1 pl-4">
      <p className="font-bold">{title}</p>
      <p>{problem.mend}</p>
      {(facts || raw) && <p className="whisper mt-1">{facts || plain(raw)}</p>}
      {children && <div className="mt-3 flex flex-wrap gap-2">{children}</div>}
    </div>
  )
}

export function Again({ run, label = 'Try again' }: { run: () => void; label?: string }) {
  return (
    <button type="button" className="button" onClick={run}>
      {label}
    </button>
  )
}

/** Empty lines in the place of text that is on its way. */
export function Waiting({ label, lines = 4 }: { label: string; lines?: number }) {
  return (
    <div role="status" aria-label={label} className="space-y-3">
      {['w-11/12', 'w-4/5', 'w-10/12', 'w-2/3', 'w-3/4', 'w-1/2'].slice(0, lines).map(width => (
        <div key={width} className={`waiting h-5 ${width}`} />
      ))}
    </div>
  )
}
