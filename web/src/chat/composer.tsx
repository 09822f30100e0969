/** Where one writes: Enter sends, Shift+Enter breaks the line, Esc stops, ↑ in an empty field edits the last question. */
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { plural } from '../words/plain.ts'
import type { Place } from './place.ts'
import type { Room, RoomState } from './room.ts'

type Props = { room: Room; state: RoomState; place: Place | null; depositAtomic: bigint; title: string }

/** How often the wallet will be asked for the next question, as far as can be known before. */
function useSignaturesAhead({ place, state }: Pick<Props, 'place' | 'state'>): number | null {
  const granted = useQuery({
    queryKey: [
      ...['granted', place?.workId, place?.checked.quote.sessionKey, place?.session.address],
      state.money?.walletSignatures,
    ],
    enabled: place !== null,
    queryFn: async () => place !== null && (await import('./purse.ts')).isGranted(place),
  })
  if (granted.data === undefined) return null
  const paid = state.money !== null && state.money.leftAtomic > 20_000n
  return (granted.data ? 0 : 1) + (paid ? 0 : 1)
}

export function Composer({ room, state, place, depositAtomic, title }: Props) {
  const { writing: text } = state
  const setText = (next: string) => {
    room.write(next)
    if (next !== '') room.prepare(depositAtomic)
  }
  const field = useRef<HTMLTextAreaElement>(null)
  const ahead = useSignaturesAhead({ place, state })
  const busy = state.live !== null
  const isPrompt = place?.work.terms.kind === 'prompt'
  useEffect(() => {
    if (!busy) return
    const stopByKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape') room.stop()
    }
    window.addEventListener('keydown', stopByKey)
    return () => window.removeEventListener('keydown', stopByKey)
  }, [busy, room])
  useEffect(() => {
    if (state.editing !== null) field.current?.focus()
  }, [state.editing])
  const send = async () => {
    const question = text.trim()
    if (!question || busy) return
    setText('')
    await room.ask(question, depositAtomic)
    field.current?.focus()
  }
  const byKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void send()
    }
    const last = state.conversation.exchanges.at(-1)
    if (event.key === 'ArrowUp' && text === '' && last && !busy) {
      event.preventDefault()
      room.edit(state.conversation.exchanges.length - 1)
    }
    if (event.key === 'Escape' && state.editing !== null) room.edit(null)
  }
  return (
    <form
      className="sticky bottom-0 -mx-1 border-t-2 border-edge bg-paper px-1 pt-3 pb-4"
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      {state.editing !== null && (
        <p role="status" className="-mt-1 mb-1 flex flex-wrap items-center gap-x-3">
          Question {state.editing + 1}, another way. What was said stays in this conversation; the new answer
          begins another.
          <button type="button" className="button quiet" onClick={() => room.edit(null)}>
            Leave it
          </button>
        </p>
      )}
      <label className="unseen" htmlFor="composer">
        {isPrompt ? `What ${title} should work on` : `Write to ${title}`}
      </label>
      <div className="flex items-end gap-3">
        <textarea
          id="composer"
          ref={field}
          rows={1}
          className="field max-h-52 grow resize-none py-2! text-lg [field-sizing:content]"
          placeholder={isPrompt ? 'What it should work on, or a JSON object of its variables' : 'Write to it'}
          value={text}
          onChange={event => setText(event.target.value)}
          onKeyDown={byKey}
        />
        {busy ? (
          <button type="button" className="button" onClick={room.stop}>
            Stop
          </button>
        ) : (
          <button type="submit" className="button chief" disabled={text.trim() === ''}>
            Send
          </button>
        )}
      </div>
      <p className="whisper mt-1">
        {ahead === null || busy
          ? ' '
          : ahead === 0
            ? 'No signature needed. Enter sends, Esc stops.'
            : `Your wallet will ask for ${plural(ahead, 'signature')}, then for none.`}
      </p>
    </form>
  )
}
