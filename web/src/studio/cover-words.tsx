/** The words on the cover: public, and free to change with a later version. */

import { Field, Group } from '../design/field.tsx'
import { titleOfDraft, type Words } from './draft.ts'
import type { Editing } from './use-draft.ts'

const SUMMARY_MAX = 600
/** One more than are offered beside the one that is chosen. */
const LICENCES = ['CC-BY-4.0', 'CC-BY-SA-4.0', 'CC-BY-NC-4.0', 'All rights reserved']

type Part = { words: Words; set: (part: Partial<Words>) => void }

function Licence({ words, set }: Part) {
  const others = LICENCES.filter(licence => licence !== words.licence).slice(0, 3)
  return (
    <div>
      <Field
        label="Licence"
        value={words.licence}
        onChange={licence => set({ licence })}
        hint="By its short name."
      />
      <p className="flex flex-wrap gap-x-3">
        {others.map(licence => (
          <button key={licence} type="button" className="underline" onClick={() => set({ licence })}>
            {licence}
          </button>
        ))}
      </p>
    </div>
  )
}

function ToFindIt({ words, set }: Part) {
  return (
    <div className="grid gap-4 sm:grid-cols-3">
      <Field
        label="Tags"
        value={words.tags}
        onChange={tags => set({ tags })}
        hint="Small letters, by commas."
      />
      <Field
        label="Language"
        value={words.language}
        onChange={language => set({ language })}
        hint="As en or pt-BR."
      />
      <Licence words={words} set={set} />
    </div>
  )
}

export function CoverWords({ editing: { draft, change } }: { editing: Editing }) {
  const set = (part: Partial<Words>) => change(now => ({ words: { ...now.words, ...part } }))
  const { words } = draft
  return (
    <Group title="On the cover" about="Public. A later version may change it.">
      <Field
        label="Title"
        maxLength={80}
        value={words.title}
        onChange={title => set({ title })}
        placeholder={titleOfDraft(draft)}
      />
      <Field
        label="Summary"
        rows={4}
        prose
        maxLength={SUMMARY_MAX}
        value={words.summary}
        onChange={summary => set({ summary })}
        hint={`What one gets. Markdown without pictures; ${SUMMARY_MAX - words.summary.length} characters left.`}
      />
      <ToFindIt words={words} set={set} />
    </Group>
  )
}
