/** Where something was said in the conversation that is open: the browser's own search knows only what stands in the document. */
import { plain } from '../words/plain.ts'
import { type Exchange, shownAnswer } from './conversation.ts'
import type { Room, RoomState } from './room.ts'

const MAX_SHOWN = 12
/** On either side of what was found. */
const BESIDE_CHARS = 30

type Place = { index: number; words: string }

const textOf = (exchange: Exchange): string => `${exchange.question}\n${shownAnswer(exchange)?.text ?? ''}`

function placesOf(exchanges: readonly Exchange[], wanted: string): Place[] {
  return exchanges.flatMap((exchange, index) => {
    const text = textOf(exchange)
    const at = text.toLowerCase().indexOf(wanted)
    if (at < 0) return []
    const from = Math.max(0, at - BESIDE_CHARS)
    const words = text.slice(from, at + wanted.length + BESIDE_CHARS)
    return [{ index, words: `${from > 0 ? '…' : ''}${words}…` }]
  })
}

/** The newest first, as one remembers them. */
export function Found({ room, state, wanted }: { room: Room; state: RoomState; wanted: string }) {
  const places = placesOf(state.conversation.exchanges, wanted.trim().toLowerCase()).reverse()
  if (places.length === 0) return null
  const rest = places.length - MAX_SHOWN
  return (
    <section aria-label="In this conversation" className="mt-2">
      <p className="whisper" role="status">
        In this conversation {places.length === 1 ? 'once' : `${places.length} times`}
        {rest > 0 && `, the last ${MAX_SHOWN} are`}:
      </p>
      <ul>
        {places.slice(0, MAX_SHOWN).map(({ index, words }) => (
          <li key={index}>
            <button
              type="button"
              className="block min-h-11 w-full cursor-pointer text-left underline hover:text-rubric"
              onClick={() => room.seek(index)}
            >
              <span className="whisper">{index + 1}</span> {plain(words)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
