/** The conversations that this device keeps: find one, go back to it, name it, take it along, delete it. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { plain } from '../words/plain.ts'
import { type Conversation, titleOf } from './conversation.ts'
import { Found } from './found.tsx'
import { conversationsOf } from './history.ts'
import { OnePast } from './one-past.tsx'
import type { Room, RoomState } from './room.ts'

export type PastProps = { room: Room; state: RoomState; title: string }

/** From this many conversations on, or exchanges in one, searching is easier than reading. */
const SEARCHED_FROM = 5

const mentions = (wanted: string) => (conversation: Conversation) =>
  [
    titleOf(conversation),
    ...conversation.exchanges.flatMap(one => [one.question, ...one.answers.map(({ text }) => text)]),
  ]
    .join('\n')
    .toLowerCase()
    .includes(wanted.trim().toLowerCase())

function useKept({ room, state }: PastProps) {
  const { shelf } = room
  const { id, exchanges, name, pinned } = state.conversation
  const { data = [], refetch } = useQuery({
    queryKey: [
      ...['conversations', shelf.session.address, shelf.workId, id, name, pinned],
      ...[exchanges.length, state.live === null],
    ],
    queryFn: () => conversationsOf(shelf),
    placeholderData: before => before,
  })
  const change = async (conversation: Conversation, part: Pick<Conversation, 'name' | 'pinned'>) => {
    await room.rewrite(conversation, part)
    await refetch()
  }
  const forget = async (conversation: Conversation) => {
    await room.forget(conversation.id)
    await refetch()
  }
  // What is open is as the room has it: the copy that was read may be older.
  const kept = data.map(one => (one.id === id ? state.conversation : one))
  return { kept, change, forget }
}

function Begin({ room, state }: Pick<PastProps, 'room' | 'state'>) {
  const empty = state.conversation.exchanges.length === 0
  return (
    <>
      <p className="mt-3 flex flex-wrap gap-2">
        <button
          type="button"
          className="button"
          disabled={state.live !== null || (empty && !state.temporary)}
          onClick={() => room.begin()}
        >
          New conversation
        </button>
        <button
          type="button"
          className="button quiet"
          disabled={state.live !== null || state.temporary}
          onClick={room.beginTemporary}
        >
          Temporary one
        </button>
      </p>
      <p className="whisper mt-3" role="status">
        {state.temporary
          ? 'This conversation is not kept: it is gone when you leave.'
          : 'Kept here only, encrypted. They do not go along when you sell the work.'}
      </p>
    </>
  )
}

export function Past(props: PastProps) {
  const [wanted, setWanted] = useState('')
  const { kept, change, forget } = useKept(props)
  const found = wanted.trim() === '' ? kept : kept.filter(mentions(wanted))
  return (
    <section aria-labelledby="past">
      <h2 id="past" className="rubric">
        On this device
      </h2>
      {Math.max(kept.length, props.state.conversation.exchanges.length) >= SEARCHED_FROM && (
        <label className="mt-2 block">
          <span className="unseen">Search what was said</span>
          <input
            type="search"
            className="field"
            placeholder="Search what was said"
            value={wanted}
            onChange={event => setWanted(event.target.value)}
          />
        </label>
      )}
      {wanted.trim() !== '' && <Found room={props.room} state={props.state} wanted={wanted} />}
      <ul className="mt-2 divide-y divide-line">
        {found.map(conversation => (
          <OnePast
            key={conversation.id}
            {...props}
            conversation={conversation}
            change={part => change(conversation, part)}
            forget={() => forget(conversation)}
          />
        ))}
      </ul>
      {found.length === 0 && wanted.trim() !== '' && <p>Nobody said “{plain(wanted)}”.</p>}
      <Begin {...props} />
    </section>
  )
}
