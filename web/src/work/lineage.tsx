/** What a work builds on, and what was built on it: claims stand apart from what the parent's maker confirmed. */
import type { WorkDetail } from '@grimoire/schema/catalogue'
import { childrenPage } from '@grimoire/schema/work-pages'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Asked } from '../design/asked.tsx'
import { ask } from '../edge/ask.ts'
import { titleOf } from '../market/shelf.tsx'
import { percent, short } from '../words/plain.ts'
import { WorkName } from './work-name.tsx'

const SHOWN = 25

const builtOn = (workId: string) =>
  queryOptions({
    queryKey: ['work', workId, 'children'],
    queryFn: ({ signal }) =>
      ask(`/v1/works/${workId}/children`, {
        read: body => childrenPage.parse(body),
        query: { limit: SHOWN },
        signal,
      }),
  })

function Kin({ title, children }: { title: string; children: ReactNode }) {
  return (
    <>
      <h3 className="mt-4 text-xl">{title}</h3>
      <ul className="mt-1 space-y-1 border-l-2 border-line pl-4">{children}</ul>
    </>
  )
}

export function Lineage({ work }: { work: WorkDetail }) {
  const { workId, parents } = work
  return (
    <>
      {parents.length > 0 && (
        <Kin title="It builds on">
          {parents.map(parent => (
            <li key={parent.workId}>
              <WorkName workId={parent.workId} />, which gets {percent(parent.shareBps)} of what its maker
              earns by answers
              {parent.confirmed ? '; confirmed by that work’s maker.' : '; claimed, not yet confirmed.'}
            </li>
          ))}
        </Kin>
      )}
      <Asked question={useQuery(builtOn(workId))} waiting="Looking for works that build on it" lines={1}>
        {({ children, nextCursor }) =>
          children.length > 0 && (
            <Kin title="Built on it">
              {children.map(child => (
                <li key={child.workId}>
                  <Link to="/works/$workId" params={{ workId: child.workId }} className="text-rubric">
                    {titleOf(child)}
                  </Link>{' '}
                  by {short(child.creator)}, which gives it {percent(child.shareBps)} of what answers bring
                  {child.confirmed ? '; confirmed.' : '; claimed, not confirmed by this work’s maker.'}
                </li>
              ))}
              {nextCursor && <li className="whisper">Those are the newest {SHOWN}; there are more.</li>}
            </Kin>
          )
        }
      </Asked>
    </>
  )
}
