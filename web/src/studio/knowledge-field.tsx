/** Files that a work may look things up in: chosen, put in order and taken away here; they leave this device sealed only, or to be tried. */
import { KNOWLEDGE_ENDINGS, KNOWLEDGE_MAX_BYTES, KNOWLEDGE_MAX_FILES } from '@grimoire/schema/knowledge'
import { useState } from 'react'
import { Group } from '../design/field.tsx'
import { bytes, plain } from '../words/plain.ts'
import { useAttempt } from './attempt.tsx'
import type { ListedFile } from './draft.ts'
import { FileButton } from './file-button.tsx'
import { dropFile, takeFile } from './knowledge-files.ts'
import { droppedOf, sizeOfAll, withFile } from './listed-files.ts'
import type { Editing } from './use-draft.ts'

function useFiles({ draft, change }: Editing) {
  const [reading, setReading] = useState(false)
  const { attempt, refusal } = useAttempt()
  /** Of the list as it is by then: while a file is read, others may be moved and taken away. */
  const relist = async (make: (now: readonly ListedFile[]) => ListedFile[]) => {
    let dropped: ListedFile[] = []
    change(({ knowledge }) => {
      const made = make(knowledge)
      dropped = droppedOf(knowledge, made)
      return { knowledge: made }
    })
    for (const one of dropped) await dropFile(draft.id, one)
  }
  /** One after the other: those before a refused one are taken. */
  const add = async (chosen: readonly File[]) => {
    setReading(true)
    await attempt(async () => {
      for (const file of chosen) {
        const taken = await takeFile(draft.id, file)
        try {
          await relist(now => withFile(now, taken))
        } catch (error) {
          await dropFile(draft.id, taken)
          throw error
        }
      }
    })
    setReading(false)
  }
  const remove = (file: ListedFile) =>
    attempt(() => relist(now => now.filter(({ name }) => name !== file.name)))
  /** Changes places with the one before it. */
  const raise = (at: number) =>
    change(({ knowledge }) => {
      const [upper, lower] = [knowledge[at - 1], knowledge[at]]
      return upper && lower ? { knowledge: knowledge.with(at - 1, lower).with(at, upper) } : {}
    })
  return { reading, add, remove, raise, refusal }
}

type Row = { file: ListedFile; at: number; last: boolean; raise: (at: number) => void; remove: () => void }

function FileRow({ file, at, last, raise, remove }: Row) {
  const name = plain(file.name)
  const move = (to: number, label: string, sign: string, disabled: boolean) => (
    <button
      type="button"
      className="button quiet px-3 no-underline"
      disabled={disabled}
      onClick={() => raise(to)}
    >
      <span aria-hidden="true">{sign}</span>
      <span className="unseen">
        {label} {name}
      </span>
    </button>
  )
  return (
    <li className="flex flex-wrap items-center gap-x-3 border-b border-line py-1 last:border-b-0">
      <span className="min-w-0 grow basis-48 [overflow-wrap:anywhere]">
        <strong>{name}</strong>{' '}
        <span className="whisper ml-1 whitespace-nowrap">{bytes(file.sizeBytes)}</span>
      </span>
      <span className="-mr-2 ml-auto flex flex-wrap">
        {move(at, 'Move up', '↑', at === 0)}
        {move(at + 1, 'Move down', '↓', last)}
        <button type="button" className="button quiet" onClick={remove}>
          Remove<span className="unseen"> {name}</span>
        </button>
      </span>
    </li>
  )
}

function Room({ files }: { files: readonly ListedFile[] }) {
  const used = sizeOfAll(files)
  const words = `${files.length} of ${KNOWLEDGE_MAX_FILES} files, ${bytes(used)} of ${bytes(KNOWLEDGE_MAX_BYTES)}`
  return (
    <div className="flex flex-wrap items-center gap-x-3">
      <div aria-hidden="true" className="h-2 w-40 max-w-full border border-edge bg-leaf">
        <div
          className="h-full min-w-0.5 bg-rubric"
          style={{ width: `${(100 * used) / KNOWLEDGE_MAX_BYTES}%`, maxWidth: '100%' }}
        />
      </div>
      <span className="whisper tabular-nums">{words}</span>
    </div>
  )
}

export function KnowledgeField({ editing }: { editing: Editing }) {
  const { knowledge } = editing.draft
  const { reading, add, remove, raise, refusal } = useFiles(editing)
  return (
    <Group
      title="Knowledge"
      about="Text files in which it looks things up: with each question it is told the passages that fit. They are sealed, their names too, but what is in them can be quoted to holders, a page at a time."
    >
      {knowledge.length > 0 && (
        <>
          <ol aria-label="Knowledge files" className="border border-line bg-leaf px-4 py-1">
            {knowledge.map((file, at) => (
              <FileRow
                key={file.name}
                {...{ file, at, raise }}
                last={at === knowledge.length - 1}
                remove={() => void remove(file)}
              />
            ))}
          </ol>
          <Room files={knowledge} />
        </>
      )}
      <FileButton
        label={reading ? 'Reading…' : knowledge.length > 0 ? 'Add more files' : 'Add files'}
        accept={KNOWLEDGE_ENDINGS.join()}
        takeAll={files => void add(files)}
      />
      <p className="whisper">
        Plain text, Markdown, JSON or CSV. A file of the same name takes the other’s place.
      </p>
      {refusal}
    </Group>
  )
}
