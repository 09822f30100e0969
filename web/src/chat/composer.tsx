/** Where one writes: Enter sends, Shift+Enter breaks the line, Esc stops, ↑ in an empty field takes the last question back. */
import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { plural } from '../words/plain.ts'
import { isGranted } from './line.ts'
import type { Place, Room, RoomState } from './room.ts'

type Props = { room: Room; state: RoomState; place: Place; depositAtomic: bigint; title: string }

/** How often the wallet will be asked for the next question, as far as can be known before. */
function useSignaturesAhead({ place, state }: Pick<Props, 'place' | 'state'>): number | null {
  const { vault, workId, checked } = place
  const granted = useQuery({
    queryKey: [
      'granted',
      workId,
      checked.quote.sessionKey,
      place.session.address,
      state.money?.walletSignatures,
    ],
    queryFn: () => isGranted(vault, workId, checked),
  })
  if (granted.data === undefined) return null
  const paid = state.money !== null && state.money.leftAtomic > 20_000n
  return (granted.data ? 0 : 1) + (paid ? 0 : 1)
}

export function Composer({ room, state, place, depositAtomic, title }: Props) {
  const [text, setText] = useState('')
  const field = useRef<HTMLTextAreaElement>(null)
  const ahead = useSignaturesAhead({ place, state })
  const busy = state.live !== null
  useEffect(() => {
    if (!busy) return
    const stopByKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape') room.stop()
    }
    window.addEventListener('keydown', stopByKey)
    return () => window.removeEventListener('keydown', stopByKey)
  }, [busy, room])
  const send = async () => {
    const question = text.trim()
    if (!question || busy) return
    setText('')
    const answered = await room.ask(question, depositAtomic)
    if (!answered) setText(before => before || question)
    field.current?.focus()
  }
  const byKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void send()
    }
    const last = state.conversation.exchanges.at(-1)
    if (event.key === 'ArrowUp' && text === '' && last) {
      event.preventDefault()
      setText(last.question)
    }
  }
  return (
    <form
      className="sticky bottom-0 -mx-1 border-t-2 border-edge bg-paper px-1 pt-3 pb-4"
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      <label className="unseen" htmlFor="composer">
        {place.kind === 'prompt' ? `What ${title} should work on` : `Write to ${title}`}
      </label>
      <div className="flex items-end gap-3">
        <textarea
          id="composer"
          ref={field}
          rows={1}
          className="field max-h-52 grow resize-none py-2! text-lg [field-sizing:content]"
          placeholder={
            place.kind === 'prompt'
              ? 'What it should work on, or a JSON object of its variables'
              : 'Write to it'
          }
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
