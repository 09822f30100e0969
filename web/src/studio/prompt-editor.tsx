/** Writing a prompt: the dotprompt itself, its variables as the form that a holder will fill in, and what becomes of both. */
import { type Dotprompt, parseDotprompt, renderPrompt } from '@grimoire/schema/dotprompt'
import { asProblem } from '@grimoire/schema/problem'
import type { Utterance } from '@grimoire/schema/utterance'
import { Field, Group } from '../design/field.tsx'
import { plain } from '../words/plain.ts'
import type { Editing } from './use-draft.ts'
import { type FormValues, inputOf, VariablesForm } from './variables-form.tsx'

/** Either the prompt, or why it is none yet. */
export function readPrompt(
  source: string,
): { prompt: Dotprompt; wrong?: undefined } | { wrong: string; prompt?: undefined } {
  try {
    return { prompt: parseDotprompt(source) }
  } catch (error) {
    return {
      wrong: asProblem(error).message.replace(/^The sealed card is not one that can be used\.\s*/, ''),
    }
  }
}

function preview(prompt: Dotprompt, values: FormValues): { messages: Utterance[] } | { wrong: string } {
  try {
    return {
      messages: renderPrompt(prompt, { messages: [], grimoire: { input: inputOf(prompt.fields, values) } }),
    }
  } catch (error) {
    return { wrong: asProblem(error).message }
  }
}

const WHO: Record<Utterance['role'], string> = {
  system: 'Told first',
  user: 'Asked',
  assistant: 'Answered',
  tool: 'Told by a tool',
}

function Preview({ prompt, values }: { prompt: Dotprompt; values: FormValues }) {
  const made = preview(prompt, values)
  return (
    <section aria-label="Preview" className="border border-line bg-leaf p-5">
      <h3 className="whisper mb-2">What the model is sent</h3>
      {'wrong' in made ? (
        <p className="text-faded">{plain(made.wrong)}</p>
      ) : (
        made.messages.map((message, index) => (
          // Messages have no names; their order is what they are.
          <div key={`${String(index)}-${message.role}`} className="mb-3 last:mb-0">
            <p className="whisper">{WHO[message.role]}</p>
            <p className="font-book text-lg whitespace-pre-wrap">{plain(message.content)}</p>
          </div>
        ))
      )}
    </section>
  )
}

export function PromptEditor(props: {
  editing: Editing
  values: FormValues
  setValues: (values: FormValues) => void
}) {
  const { editing, values, setValues } = props
  const { draft, change } = editing
  const { prompt, wrong } = readPrompt(draft.source)
  return (
    <div className="space-y-10">
      <Group
        title="The prompt"
        about="A dotprompt: between the dashes stand its variables with their types, below them the text. {{name}} is filled in; {{#if}}, {{#unless}}, {{#each}} and {{role}} work."
      >
        <Field
          label="Text of the prompt"
          rows={14}
          code
          value={draft.source}
          onChange={source => change({ source })}
          wrong={wrong && plain(wrong)}
          hint="It can be read: its variables make the form below."
        />
      </Group>
      {prompt && (
        <Group
          title="As its holder sees it"
          about="The form is made of the variables. Fill it in to see what is sent."
        >
          <VariablesForm prompt={prompt} values={values} setValues={setValues} />
          <Preview prompt={prompt} values={values} />
        </Group>
      )}
    </div>
  )
}
