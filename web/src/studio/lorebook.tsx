/** The lorebook: notes that are told to the model only when one of their keys was said lately. */
import { isRecord } from '@grimoire/schema/record'
import { useState } from 'react'
import { Field, Group } from '../design/field.tsx'
import { type Row, textIn } from './row.ts'
import type { Editing } from './use-draft.ts'

type Entry = Row

function entriesOf(data: Row): Entry[] {
  const book = data.character_book
  return isRecord(book) && Array.isArray(book.entries) ? book.entries.filter(isRecord) : []
}

const keysOf = (entry: Entry): string =>
  Array.isArray(entry.keys) ? entry.keys.filter(key => typeof key === 'string').join(', ') : ''

const newEntry = (order: number): Entry => ({
  ...{ keys: [], content: '', enabled: true, insertion_order: order },
  ...{ use_regex: false, extensions: {} },
})

type Edited = { number: number; entry: Entry; edit: (part: Entry) => void }

/** As it is typed: a comma at the end is the beginning of a further word. */
function Keys({ number, entry, edit }: Edited) {
  const [keys, setKeys] = useState(() => keysOf(entry))
  const write = (text: string) => {
    setKeys(text)
    const words = text.split(',').map(word => word.trim().slice(0, 256))
    edit({ keys: words.filter(word => word !== '').slice(0, 64) })
  }
  return (
    <Field
      label={`Words that call note ${number}`}
      value={keys}
      onChange={write}
      hint="Separated by commas."
    />
  )
}

function Note({ remove, ...edited }: Edited & { remove: () => void }) {
  const { number, entry, edit } = edited
  return (
    <div className="space-y-3 border border-line bg-leaf p-4">
      <Keys {...edited} />
      <Field
        label={`What note ${number} tells`}
        rows={2}
        prose
        value={textIn(entry, 'content')}
        onChange={content => edit({ content })}
      />
      <div className="flex flex-wrap items-center gap-x-6">
        <label className="flex min-h-11 items-center gap-2">
          <input
            type="checkbox"
            className="size-4.5 accent-rubric"
            checked={entry.constant === true}
            onChange={event => edit({ constant: event.target.checked })}
          />
          Always told
        </label>
        <button type="button" className="button quiet" onClick={remove}>
          Remove<span className="unseen"> note {number}</span>
        </button>
      </div>
    </div>
  )
}

export function Lorebook({ editing: { draft, change } }: { editing: Editing }) {
  const entries = entriesOf(draft.data)
  const set = (make: (entries: Entry[]) => Entry[]) =>
    change(({ data }) => {
      const book = isRecord(data.character_book) ? data.character_book : { extensions: {} }
      return { data: { ...data, character_book: { ...book, entries: make(entriesOf(data)) } } }
    })
  const edit = (at: number, part: Entry) =>
    set(all => all.map((entry, index) => (index === at ? { ...entry, ...part } : entry)))
  return (
    <Group
      title="Lorebook"
      about="Notes for what a conversation may come to: each is told only when one of its words was said lately."
    >
      {entries.map((entry, at) => (
        // Entries have no names of their own, and are only added and removed here.
        <Note
          key={`${String(at)} of ${entries.length}`}
          number={at + 1}
          entry={entry}
          edit={part => edit(at, part)}
          remove={() => set(all => all.filter((_, index) => index !== at))}
        />
      ))}
      <button
        type="button"
        className="button"
        disabled={entries.length >= 256}
        onClick={() => set(all => [...all, newEntry(all.length)])}
      >
        Add a note
      </button>
    </Group>
  )
}
