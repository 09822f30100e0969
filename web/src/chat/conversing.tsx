/** The room drawn: what was said, what is being said, where one writes, and what it costs. */
import type { ReadWork } from '@grimoire/client/read-work'
import { isProblem } from '@grimoire/schema/problem'
import { Link } from '@tanstack/react-router'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { Refusal } from '../design/states.tsx'
import { plain } from '../words/plain.ts'
import { Composer } from './composer.tsx'
import type { Conversation } from './conversation.ts'
import { useDeposit } from './deposit.ts'
import { Meter } from './meter.tsx'
import { Past } from './past.tsx'
import { makeRoom, type Place, type Room } from './room.ts'
import { Transcript } from './transcript.tsx'

function useRoom(place: Place, before: readonly Conversation[]) {
  const [room] = useState(() => makeRoom(place, before[0] ?? null))
  const state = useSyncExternalStore(room.subscribe, () => room.state)
  return { room, state }
}

/** The newest words stay in sight while whoever reads is at the end; who has scrolled up is left there. */
function useFollow(change: unknown) {
  const end = useRef<HTMLDivElement>(null)
  const following = useRef(true)
  useEffect(() => {
    const look = () => {
      const { scrollHeight } = document.documentElement
      following.current = window.scrollY + window.innerHeight > scrollHeight - 160
    }
    window.addEventListener('scroll', look, { passive: true })
    return () => window.removeEventListener('scroll', look)
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the change is what moves the end
  useEffect(() => {
    if (following.current) end.current?.scrollIntoView({ block: 'end' })
  }, [change])
  return end
}

function Trouble({ error, room }: { error: unknown; room: Room }) {
  const begin = (
    <button type="button" className="button" onClick={() => room.begin()}>
      Begin a new conversation
    </button>
  )
  return (
    <div className="my-6">
      <Refusal error={error}>
        {isProblem(error, 'prompt_too_long') ? begin : null}
        {isProblem(error, 'not_holder') ? (
          <Link to="/library" className="button">
            To your library
          </Link>
        ) : null}
      </Refusal>
    </div>
  )
}

export function Conversing(props: { place: Place; work: ReadWork; before: readonly Conversation[] }) {
  const { place, work, before } = props
  const { room, state } = useRoom(place, before)
  const [depositAtomic, setDepositAtomic] = useDeposit(place.checked)
  const end = useFollow(state.live?.text ?? state.conversation)
  const title = plain(work.manifest.title)
  return (
    <div className="width grid grow gap-x-12 pt-6 md:grid-cols-[1fr_15rem] md:pt-10">
      <div className="flex min-h-[70dvh] min-w-0 flex-col">
        <h1 className="text-4xl!">
          <Link
            to="/works/$workId"
            params={{ workId: place.workId }}
            className="no-underline hover:text-rubric"
          >
            {title}
          </Link>
        </h1>
        <Transcript
          room={room}
          state={state}
          title={title}
          opening={work.manifest.summary}
          place={place}
          again={() => room.again(depositAtomic)}
        />
        {state.error !== null && <Trouble error={state.error} room={room} />}
        <div ref={end} />
        <Composer room={room} state={state} place={place} depositAtomic={depositAtomic} title={title} />
      </div>
      <aside aria-label="Cost and history" className="mt-10 space-y-10 md:mt-2">
        <Meter {...{ room, state, place, depositAtomic, setDepositAtomic }} />
        <Past room={room} state={state} place={place} title={title} />
      </aside>
    </div>
  )
}
