/** One kept conversation in the list; of the one that is open, all that can be done with it. */
import { useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { saveFile } from '../device/save-file.ts'
import { plain } from '../words/plain.ts'
import { type Conversation, MAX_NAME_CHARS, titleOf } from './conversation.ts'
import type { PastProps } from './past.tsx'
import { asJson, asMarkdown, asSillyTavern } from './take-along.ts'

type Props = PastProps & {
  conversation: Conversation
  change: (part: Pick<Conversation, 'name' | 'pinned'>) => Promise<void>
  forget: () => Promise<void>
}

function Rename({
  conversation,
  change,
  close,
}: Pick<Props, 'conversation' | 'change'> & { close: () => void }) {
  const [name, setName] = useState(titleOf(conversation))
  return (
    <Dialog title="What is it called?" close={close}>
      <form
        className="space-y-4"
        onSubmit={event => {
          event.preventDefault()
          void change({ name: name.trim() }).then(close)
        }}
      >
        <label className="block">
          Name
          <input
            className="field mt-1"
            maxLength={MAX_NAME_CHARS}
            value={name}
            onChange={event => setName(event.target.value)}
          />
        </label>
        <button type="submit" className="button chief">
          Keep this name
        </button>
      </form>
    </Dialog>
  )
}

function TakeAlong({ conversation, title }: Pick<Props, 'conversation' | 'title'>) {
  const file = title.slice(0, 40)
  return (
    <details>
      <summary className="min-h-11 content-center">Save as a file</summary>
      <button
        type="button"
        className="button quiet"
        onClick={() => saveFile(`${file}.md`, 'text/markdown', asMarkdown(title, conversation))}
      >
        Markdown, to read
      </button>
      <button
        type="button"
        className="button quiet"
        onClick={() => saveFile(`${file}.json`, 'application/json', asJson(title, conversation))}
      >
        JSON, with the receipts
      </button>
      <button
        type="button"
        className="button quiet"
        onClick={() => saveFile(`${file}.jsonl`, 'application/jsonl', asSillyTavern(title, conversation))}
      >
        SillyTavern, to go on there
      </button>
    </details>
  )
}

function Doings(props: Props) {
  const { conversation, change, forget, state } = props
  const [naming, setNaming] = useState(false)
  const { pinned = false } = conversation
  const busy = state.live !== null
  return (
    <div className="-mt-1 mb-2">
      <p className="-ml-2 flex flex-wrap">
        <button type="button" className="button quiet" disabled={busy} onClick={() => setNaming(true)}>
          Rename
        </button>
        <button
          type="button"
          className="button quiet"
          disabled={busy}
          aria-pressed={pinned}
          onClick={() => void change({ pinned: !pinned })}
        >
          {pinned ? 'Unpin' : 'Pin'}
        </button>
        <button type="button" className="button quiet" disabled={busy} onClick={() => void forget()}>
          Delete
        </button>
      </p>
      <TakeAlong {...props} />
      {naming && <Rename {...props} close={() => setNaming(false)} />}
    </div>
  )
}

export function OnePast(props: Props) {
  const { room, state, conversation } = props
  const here = conversation.id === state.conversation.id
  return (
    <li className="py-1.5">
      <button
        type="button"
        className={`block min-h-11 w-full truncate text-left hover:text-rubric ${here ? 'font-bold' : ''}`}
        aria-current={here ? 'true' : undefined}
        disabled={state.live !== null}
        onClick={() => room.begin(conversation)}
      >
        {conversation.pinned && (
          <>
            <span aria-hidden="true">⚑ </span>
            <span className="unseen">Pinned: </span>
          </>
        )}
        {plain(titleOf(conversation))}
      </button>
      {here && <Doings {...props} />}
    </li>
  )
}
