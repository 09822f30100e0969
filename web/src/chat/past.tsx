/** The conversations that this device keeps: go back to one, begin another, take one along, delete one. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { saveFile } from '../device/save-file.ts'
import { plain } from '../words/plain.ts'
import { asMarkdown, type Conversation, titleOf } from './conversation.ts'
import { conversationsOf } from './history.ts'
import type { Place, Room, RoomState } from './room.ts'

type Props = { room: Room; state: RoomState; place: Place; title: string }

function One(props: Props & { conversation: Conversation }) {
  const { room, state, title, conversation } = props
  const queries = useQueryClient()
  const forget = async () => {
    await room.forget(conversation.id)
    await queries.invalidateQueries({ queryKey: ['conversations'] })
  }
  const here = conversation.id === state.conversation.id
  const name = plain(titleOf(conversation))
  return (
    <li className="py-1.5">
      <button
        type="button"
        className={`block min-h-11 w-full truncate text-left hover:text-rubric ${here ? 'font-bold' : ''}`}
        aria-current={here ? 'true' : undefined}
        disabled={state.live !== null}
        onClick={() => room.begin(conversation)}
      >
        {name}
      </button>
      {here && (
        <p className="-mt-1">
          <button
            type="button"
            className="button quiet -ml-2"
            onClick={() =>
              saveFile(`${title.slice(0, 40)}.md`, 'text/markdown', asMarkdown(title, conversation))
            }
          >
            Save as a file
          </button>
          <button
            type="button"
            className="button quiet"
            disabled={state.live !== null}
            onClick={() => void forget()}
          >
            Delete
          </button>
        </p>
      )}
    </li>
  )
}

export function Past(props: Props) {
  const { room, state, place } = props
  const { id, exchanges } = state.conversation
  const { data: kept = [] } = useQuery({
    queryKey: [
      'conversations',
      place.session.address,
      place.workId,
      id,
      exchanges.length,
      state.live === null,
    ],
    queryFn: () => conversationsOf(place),
    placeholderData: before => before,
  })
  return (
    <section aria-labelledby="past">
      <h2 id="past" className="rubric">
        On this device
      </h2>
      <ul className="mt-2 divide-y divide-line">
        {kept.map(conversation => (
          <One key={conversation.id} {...props} conversation={conversation} />
        ))}
      </ul>
      <button
        type="button"
        className="button mt-3"
        disabled={state.live !== null || state.conversation.exchanges.length === 0}
        onClick={() => room.begin()}
      >
        New conversation
      </button>
      <p className="whisper mt-3">Kept here only, encrypted. They do not go along when you sell the work.</p>
    </section>
  )
}
