/** Moments in their order on one line, those that have passed filled in. */
import type { ReactNode } from 'react'
import { moment } from '../words/plain.ts'

export type Mark = { key: string; atSeconds: number; title: string; text: ReactNode }

export function Timeline({ marks, nowSeconds }: { marks: readonly Mark[]; nowSeconds: number }) {
  const inOrder = marks.toSorted((a, b) => a.atSeconds - b.atSeconds)
  const next = inOrder.find(({ atSeconds }) => atSeconds > nowSeconds)?.key
  return (
    <ol className="max-w-2xl">
      {inOrder.map(({ key, atSeconds, title, text }, index) => {
        const isPast = atSeconds <= nowSeconds
        const followed = inOrder[index + 1]
        const line = followed && followed.atSeconds <= nowSeconds ? 'bg-rubric' : 'bg-line'
        return (
          <li key={key} className="relative grid gap-x-6 pb-7 pl-8 last:pb-0 sm:grid-cols-[11rem_1fr]">
            {followed && (
              <span
                aria-hidden="true"
                className={`absolute top-3 bottom-[-0.75rem] left-[0.4rem] w-0.5 ${line}`}
              />
            )}
            <span
              aria-hidden="true"
              className={`absolute top-1.5 left-0 size-3.5 rounded-full border-2 ${isPast ? 'border-rubric bg-rubric' : key === next ? 'border-rubric bg-paper' : 'border-edge bg-paper'}`}
            />
            <time dateTime={new Date(atSeconds * 1000).toISOString()} className="tabular-nums text-faded">
              {moment(atSeconds)}
            </time>
            <div>
              <p className="font-bold">
                {title}
                <span className="unseen">{isPast ? ', past' : key === next ? ', next' : ', to come'}</span>
              </p>
              <p className="text-faded">{text}</p>
            </div>
          </li>
        )
      })}
    </ol>
  )
}
