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

/** Esc stops the answer wherever the cursor stands. */
function useStopByKey(room: Room, busy: boolean): void {
  useEffect(() => {
    if (!busy) return
    const stopByKey = (event: globalThis.KeyboardEvent) => {
      if (event.key === 'Escape') room.stop()
    }
    window.addEventListener('keydown', stopByKey)
    return () => window.removeEventListener('keydown', stopByKey)
  }, [busy, room])
}

/** What one writes, and what the keys do with it. */
function useWriting({ room, state, depositAtomic }: Pick<Props, 'room' | 'state' | 'depositAtomic'>) {
  const { writing: text, editing, live, conversation } = state
  const field = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (editing !== null) field.current?.focus()
  }, [editing])
  const write = (next: string) => {
    room.write(next)
    if (next !== '') room.prepare(depositAtomic)
  }
  const send = async () => {
    const question = text.trim()
    if (!question || live !== null) return
    write('')
    await room.ask(question, depositAtomic)
    field.current?.focus()
  }
  const byKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault()
      void send()
    }
    if (event.key === 'ArrowUp' && text === '' && conversation.exchanges.length > 0 && live === null) {
      event.preventDefault()
      room.edit(conversation.exchanges.length - 1)
    }
    if (event.key === 'Escape' && editing !== null) room.edit(null)
  }
  return { field, write, send, byKey }
}

function AnotherWay({ editing, leave }: { editing: number; leave: () => void }) {
  return (
    <p role="status" className="-mt-1 mb-1 flex flex-wrap items-center gap-x-3">
      Question {editing + 1}, another way. What was said stays in this conversation; the new answer begins
      another.
      <button type="button" className="button quiet" onClick={leave}>
        Leave it
      </button>
    </p>
  )
}

function Ahead({ place, state }: Pick<Props, 'place' | 'state'>) {
  const ahead = useSignaturesAhead({ place, state })
  const told =
    ahead === 0
      ? 'No signature needed. Enter sends, Esc stops.'
      : `Your wallet will ask for ${plural(ahead ?? 0, 'signature')}, then for none.`
  return <p className="whisper mt-1">{ahead === null || state.live !== null ? ' ' : told}</p>
}

export function Composer(props: Props) {
  const { room, state, place, title } = props
  const { writing: text, editing } = state
  const { field, write, send, byKey } = useWriting(props)
  const busy = state.live !== null
  const isPrompt = place?.work.terms.kind === 'prompt'
  useStopByKey(room, busy)
  return (
    <form
      className="sticky bottom-0 -mx-1 border-t-2 border-edge bg-paper px-1 pt-3 pb-4"
      onSubmit={event => {
        event.preventDefault()
        void send()
      }}
    >
      {editing !== null && <AnotherWay editing={editing} leave={() => room.edit(null)} />}
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
          onChange={event => write(event.target.value)}
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
      <Ahead place={place} state={state} />
    </form>
  )
}
