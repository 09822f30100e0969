/** The studio: the drafts of this device, a new chatbot, a new prompt, or a file of another program. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Cover } from '../design/cover.tsx'
import { useTitle } from '../frame/title.ts'
import { moment, plain } from '../words/plain.ts'
import { useAttempt } from './attempt.tsx'
import { copyOf, type Draft, newDraft, titleOfDraft } from './draft.ts'
import { FileButton } from './file-button.tsx'
import { allDrafts, DRAFTS, deleteDraft, keepDraft } from './kept-drafts.ts'
import { StepLink } from './step-link.tsx'

function useStart() {
  const navigate = useNavigate()
  const queries = useQueryClient()
  return async (draft: Draft): Promise<void> => {
    await keepDraft(draft)
    await queries.invalidateQueries({ queryKey: DRAFTS })
    await navigate({ to: '/studio/$draftId', params: { draftId: draft.id } })
  }
}

/** A file may be dropped anywhere on the page. */
function useDrop(take: (file: File) => void) {
  const latest = useRef(take)
  latest.current = take
  useEffect(() => {
    const over = (event: DragEvent) => event.preventDefault()
    const drop = (event: DragEvent) => {
      event.preventDefault()
      const [file] = event.dataTransfer?.files ?? []
      if (file) latest.current(file)
    }
    window.addEventListener('dragover', over)
    window.addEventListener('drop', drop)
    return () => {
      window.removeEventListener('dragover', over)
      window.removeEventListener('drop', drop)
    }
  }, [])
}

function Beginnings() {
  const start = useStart()
  const { attempt, refusal } = useAttempt()
  const take = (file: File) =>
    void attempt(async () => {
      const { importFile } = await import('./import-file.ts')
      await start(await importFile(file))
    })
  useDrop(take)
  const begin = (draft: Draft) => void attempt(() => start(draft))
  return (
    <div>
      <div className="flex flex-wrap gap-3">
        <button type="button" className="button chief" onClick={() => begin(newDraft('chatbot'))}>
          A new chatbot
        </button>
        <button type="button" className="button" onClick={() => begin(newDraft('prompt'))}>
          A new prompt
        </button>
        <FileButton
          label="From a file"
          accept=".png,.json,.prompt,.txt,.modelfile,image/png,application/json,text/plain"
          take={take}
        />
      </div>
      <p className="whisper mt-2">
        A Character Card (V1 to V3, JSON or PNG), an Ollama Modelfile or a dotprompt. It is read here and sent
        to nobody.
      </p>
      <div className="mt-5 empty:mt-0">{refusal}</div>
    </div>
  )
}

function stateOf({ mint, published, kind }: Draft): string {
  if (mint) return `${kind}, sealed: its ${mint.version === 1 ? 'mint' : 'new version'} waits to go on`
  return published ? `${kind}, minted (version ${published.version})` : kind
}

/** What is deleted is gone for good, and so it is asked for twice. */
function Doings({ draft, title }: { draft: Draft; title: string }) {
  const [asked, setAsked] = useState(false)
  const queries = useQueryClient()
  const { attempt, refusal } = useAttempt()
  const change = (run: () => Promise<void>) =>
    void attempt(async () => {
      await run()
      await queries.invalidateQueries({ queryKey: DRAFTS })
    })
  return (
    <>
      <p className="mt-2 flex flex-wrap gap-2">
        <button
          type="button"
          className="button quiet -ml-2"
          onClick={() => change(() => keepDraft(copyOf(draft)))}
        >
          Duplicate<span className="unseen"> {title}</span>
        </button>
        <button
          type="button"
          className="button quiet"
          onClick={() => (asked ? change(() => deleteDraft(draft)) : setAsked(true))}
        >
          {asked ? 'Delete it for good' : 'Delete'}
          <span className="unseen"> {title}</span>
        </button>
        {asked && (
          <button type="button" className="button quiet" onClick={() => setAsked(false)}>
            Keep it
          </button>
        )}
      </p>
      {refusal}
    </>
  )
}

function DraftRow({ draft }: { draft: Draft }) {
  const title = plain(titleOfDraft(draft))
  return (
    <li className="flex gap-5 border-t border-line py-5 sm:gap-8">
      <div className="w-16 shrink-0 sm:w-22" aria-hidden="true">
        <Cover workId={draft.published?.workId ?? draft.id} kind={draft.kind} title={title} />
      </div>
      <div className="min-w-0 grow">
        <h3 className="text-2xl sm:text-3xl">
          <StepLink draftId={draft.id} className="no-underline hover:text-rubric">
            {title}
          </StepLink>
        </h3>
        <p className="text-faded">
          {stateOf(draft)} · {moment(draft.editedAtMs / 1000)}
        </p>
        <Doings draft={draft} title={title} />
      </div>
    </li>
  )
}

export function StudioPage() {
  useTitle('Studio')
  return (
    <div className="width pt-8 sm:pt-14">
      <h1>Studio</h1>
      <p className="mt-4 mb-8 max-w-2xl font-book text-xl">
        Write a character or a prompt, try it on a real machine, set its terms, and seal it into a work that
        others can buy and use without ever reading it.
      </p>
      <Beginnings />
      <section className="mt-14" aria-label="Your drafts">
        <h2 className="rubric mb-4">Your drafts</h2>
        <Asked question={useQuery(allDrafts)} waiting="Opening the drawer" lines={3}>
          {drafts =>
            drafts.length === 0 ? (
              <p className="border-t border-line pt-5 text-faded">
                None yet. What you begin is kept here, encrypted, on this device alone.
              </p>
            ) : (
              <ul>
                {drafts.map(draft => (
                  <DraftRow key={draft.id} draft={draft} />
                ))}
              </ul>
            )
          }
        </Asked>
      </section>
    </div>
  )
}
