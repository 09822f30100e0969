/** The room drawn: what was said, what is being said, where one writes, and what it costs. */
import type { Hex } from '@grimoire/schema/hex'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { plain } from '../words/plain.ts'
import { Composer } from './composer.tsx'
import { CutOff } from './cut-off.tsx'
import { useDeposit } from './deposit.ts'
import { useFollow } from './follow.ts'
import { Keys } from './keys.tsx'
import { Meter } from './meter.tsx'
import { Past } from './past.tsx'
import { chatPlace } from './place.ts'
import { type Room, roomOf } from './room.ts'
import type { Kept } from './shelf.ts'
import { Transcript } from './transcript.tsx'
import { NoMachine, Trouble } from './trouble.tsx'

function useRoom(kept: Kept, operator: Hex | undefined) {
  const [room] = useState(() => roomOf(kept))
  const queries = useQueryClient()
  const navigate = useNavigate({ from: '/chat/$workId' })
  const sit = useCallback(
    (at: Hex | undefined) => room.sitAt(at, () => queries.fetchQuery(chatPlace(room.shelf, at))),
    [room, queries],
  )
  useEffect(() => sit(operator), [sit, operator])
  useEffect(() => room.listen(), [room])
  const choose = (other: Hex) => {
    sit(other)
    void navigate({ search: { operator: other } })
  }
  const state = useSyncExternalStore(room.subscribe, () => room.state)
  return { room, state, choose }
}

/** What was on its way when the page was left goes on by itself, once. */
function useGoOn({ underWay }: Kept, room: Room, depositAtomic: bigint): void {
  const wasCutOff = useRef(underWay !== null)
  useEffect(() => {
    if (wasCutOff.current) void room.goOn(depositAtomic)
    wasCutOff.current = false
  }, [room, depositAtomic])
}

/** What was said stands there before anything is loaded that only what is said next needs. */
function useQuiet(): boolean {
  const [quiet, setQuiet] = useState(false)
  useEffect(() => {
    const frame = requestAnimationFrame(() => setTimeout(() => setQuiet(true)))
    return () => cancelAnimationFrame(frame)
  }, [])
  return quiet
}

function Title({ workId, title }: { workId: string; title: string }) {
  return (
    <h1 className="text-4xl!">
      <Link to="/works/$workId" params={{ workId }} className="no-underline hover:text-rubric">
        {title}
      </Link>
    </h1>
  )
}

/** Beside a long conversation it stays in sight. */
const ASIDE =
  'mt-10 space-y-10 md:sticky md:top-0 md:mt-0 md:max-h-dvh md:self-start md:overflow-y-auto md:pt-2 md:pb-6 md:-mx-2 md:px-2'

export function Conversing({ kept }: { kept: Kept }) {
  const { operator } = useSearch({ from: '/chat/$workId' })
  const { room, state, choose } = useRoom(kept, operator)
  const { shelf } = room
  const found = useQuery({ ...chatPlace(shelf, operator), enabled: useQuiet() })
  const place = found.data ?? null
  const [depositAtomic, setDepositAtomic] = useDeposit()
  const end = useFollow(state.live?.text ?? state.conversation, state.live !== null)
  useGoOn(kept, room, depositAtomic)
  const title = plain(place?.work.manifest.title ?? shelf.title)
  const opening = place?.work.manifest.summary ?? shelf.summary
  const asking = place?.checked.quote.operator ?? operator
  return (
    <div className="width grid grow gap-x-12 pt-6 md:grid-cols-[1fr_15rem] md:pt-10">
      <div className="flex min-h-[70dvh] min-w-0 flex-col">
        <Title workId={shelf.workId} title={title} />
        <Transcript {...{ room, state, title, opening, depositAtomic }} />
        {state.error !== null && <Trouble {...{ room, state, depositAtomic, choose }} operator={asking} />}
        {state.cutOff && !state.live && (
          <CutOff {...{ room, depositAtomic, choose }} cutOff={state.cutOff} operator={asking} />
        )}
        {found.isError && state.error === null && (
          <NoMachine
            {...{ choose, operator, error: found.error }}
            workId={shelf.workId}
            again={() => void found.refetch()}
          />
        )}
        {!found.isError && <Composer {...{ room, state, place, depositAtomic, title }} />}
        <div ref={end} />
      </div>
      <aside aria-label="Cost and history" className={ASIDE}>
        <Meter {...{ room, state, place, depositAtomic, setDepositAtomic }} />
        <Past room={room} state={state} title={title} />
        <Keys />
      </aside>
    </div>
  )
}
