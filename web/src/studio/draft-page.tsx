/** One draft: write it and try it side by side, set its terms, publish it. */
import { useQuery } from '@tanstack/react-query'
import { Link, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Notice } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { plain } from '../words/plain.ts'
import { AdapterField } from './adapter-field.tsx'
import { useAttempt } from './attempt.tsx'
import { ChatbotEditor } from './chatbot-editor.tsx'
import { type Draft, titleOfDraft } from './draft.ts'
import { Earn } from './earn.tsx'
import { loadDraft } from './kept-drafts.ts'
import { KnowledgeField } from './knowledge-field.tsx'
import { PromptEditor, readPrompt } from './prompt-editor.tsx'
import { PublishPanel } from './publish-panel.tsx'
import { StepLink } from './step-link.tsx'
import { STEPS, type StudioStep } from './steps.ts'
import type { Way } from './take-out.ts'
import { isFixed, TermsEditor } from './terms-editor.tsx'
import { TryPane } from './try-pane.tsx'
import { type Editing, useDraft } from './use-draft.ts'
import { type FormValues, inputOf } from './variables-form.tsx'

const STEP_WORDS: Record<StudioStep, string> = { write: 'Write and try', terms: 'Terms', publish: 'Publish' }

const KEPT = {
  kept: 'Kept on this device, encrypted',
  keeping: 'Keeping…',
  failed: 'This browser does not keep it: take it out as a file before you leave',
}

function Notes({ editing: { draft, change } }: { editing: Editing }) {
  if (!draft.imported) return null
  const { from, left } = draft.imported
  return (
    <div role="status" className="mt-5 border border-line bg-leaf p-4">
      <p className="font-bold">
        {left.length === 0
          ? `All of ${plain(from)} was taken.`
          : `Taken from ${plain(from)}, except or with a note:`}
      </p>
      <ul className="list-disc pl-5">
        {left.map((line, index) => (
          <li key={`${String(index)}-${line}`}>{plain(line)}</li>
        ))}
      </ul>
      <button type="button" className="button quiet -mb-2 -ml-2" onClick={() => change({ imported: null })}>
        Good
      </button>
    </div>
  )
}

const WAYS: Record<Draft['kind'], readonly { way: Way; label: string }[]> = {
  chatbot: [
    { way: 'v3', label: 'Character Card V3 (JSON)' },
    { way: 'v2', label: 'Character Card V2 (JSON)' },
    { way: 'png', label: 'Picture with both cards (PNG)' },
  ],
  prompt: [{ way: 'prompt', label: 'dotprompt' }],
}

function TakeOut({ draft }: { draft: Draft }) {
  const { attempt, refusal } = useAttempt()
  const take = (way: Way) =>
    attempt(async () => {
      const { takeOut } = await import('./take-out.ts')
      await takeOut(draft, way)
    })
  return (
    <details className="mt-10 border-t border-line pt-4">
      <summary className="min-h-8 font-bold">Take it out as a file</summary>
      <p className="mt-2 text-faded">
        The whole text, unsealed, for other programs. It is yours to give.
        {draft.knowledge.length > 0 && ' Its knowledge files are not in it: you have them already.'}
      </p>
      <p className="mt-3 flex flex-wrap gap-3">
        {WAYS[draft.kind].map(({ way, label }) => (
          <button key={way} type="button" className="button" onClick={() => void take(way)}>
            {label}
          </button>
        ))}
      </p>
      {refusal}
    </details>
  )
}

function Head({ editing, step }: { editing: Editing; step: StudioStep }) {
  const { draft, kept } = editing
  return (
    <>
      <p className="whisper">
        <Link to="/studio">Studio</Link> / {draft.kind}
      </p>
      <h1>{plain(titleOfDraft(draft))}</h1>
      <p role="status" className={`mt-1 ${kept === 'failed' ? 'font-bold text-rubric' : 'whisper'}`}>
        {KEPT[kept]}
      </p>
      <Notes editing={editing} />
      <nav aria-label="Steps" className="mt-6 mb-8 border-b border-line">
        <ol className="flex flex-wrap gap-x-7">
          {STEPS.map((one, index) => (
            <li key={one}>
              <StepLink
                draftId={draft.id}
                step={one}
                current={one === step}
                className={`-mb-px flex min-h-11 items-center gap-2 border-b-2 no-underline hover:text-rubric ${one === step ? 'border-b-rubric font-bold' : 'border-transparent'}`}
              >
                <span className="font-book text-xl text-rubric" aria-hidden="true">
                  {index + 1}
                </span>
                {STEP_WORDS[one]}
              </StepLink>
            </li>
          ))}
        </ol>
      </nav>
    </>
  )
}

const BESIDE = 'grid gap-10 lg:grid-cols-[minmax(0,1fr)_25rem]'

function Writing({ editing }: { editing: Editing }) {
  const [values, setValues] = useState<FormValues>({})
  const { draft } = editing
  if (draft.kind === 'chatbot')
    return (
      <div className={BESIDE}>
        <div className="min-w-0 space-y-10">
          <ChatbotEditor editing={editing} />
          <KnowledgeField editing={editing} />
          <AdapterField editing={editing} />
          <TakeOut draft={draft} />
        </div>
        <div className="min-w-0">
          <TryPane editing={editing} />
        </div>
      </div>
    )
  const { prompt } = readPrompt(draft.source)
  const question = prompt && prompt.fields.length > 0 ? JSON.stringify(inputOf(prompt.fields, values)) : '{}'
  return (
    <div className={BESIDE}>
      <div className="min-w-0 space-y-10">
        <PromptEditor editing={editing} values={values} setValues={setValues} />
        <KnowledgeField editing={editing} />
        <TakeOut draft={draft} />
      </div>
      <div className="min-w-0">
        <TryPane editing={editing} question={question} />
      </div>
    </div>
  )
}

function Open({ begun }: { begun: Draft }) {
  const editing = useDraft(begun)
  const { step = 'write' } = useSearch({ from: '/studio/$draftId' })
  useTitle(titleOfDraft(editing.draft))
  return (
    <div className="width pt-6 sm:pt-10">
      <Head editing={editing} step={step} />
      {step === 'write' && (
        <>
          <a href="#try" className="button mb-6 lg:hidden">
            To the test run
          </a>
          <Writing editing={editing} />
        </>
      )}
      {step === 'terms' && (
        <div className={BESIDE}>
          <div className="min-w-0">
            <TermsEditor editing={editing} />
          </div>
          <div className="min-w-0">{!isFixed(editing.draft) && <Earn draft={editing.draft} />}</div>
        </div>
      )}
      {step === 'publish' && <PublishPanel editing={editing} />}
    </div>
  )
}

export function DraftPage() {
  const { draftId } = useParams({ from: '/studio/$draftId' })
  const found = useQuery({
    queryKey: ['draft', draftId],
    // Read once: from then on the page itself is the newest.
    ...{ staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnWindowFocus: false },
    queryFn: () => loadDraft(draftId),
  })
  return (
    <Asked question={found} waiting="Opening the draft" lines={5} className="width pt-10">
      {draft =>
        draft ? (
          <Open key={draft.id} begun={draft} />
        ) : (
          <Notice title="No such draft is on this device">
            <p>Drafts stay on the device and in the browser where they were begun.</p>
            <Link to="/studio" className="button">
              To the studio
            </Link>
          </Notice>
        )
      }
    </Asked>
  )
}
