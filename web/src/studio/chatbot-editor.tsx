/** Writing a chatbot: who it is, what it is told, examples, lorebook, and how it answers. */
import { Field, Group } from '../design/field.tsx'
import { Lorebook } from './lorebook.tsx'
import { textIn } from './row.ts'
import { Sampling } from './sampling.tsx'
import type { Editing } from './use-draft.ts'

type Text = { name: string; label: string; rows: number; hint?: string }

const GREETING: Text = {
  ...{ name: 'first_mes', label: 'Greeting', rows: 2 },
  hint: 'The first words of a conversation; anyone may read them in the card you export.',
}
const PROMPT: Text = { name: 'system_prompt', label: 'System prompt', rows: 8 }
const MORE: readonly Text[] = [
  { name: 'description', label: 'Description', rows: 3 },
  { name: 'personality', label: 'Personality', rows: 2 },
  { name: 'scenario', label: 'Scenario', rows: 2 },
  { name: 'post_history_instructions', label: 'After the conversation', rows: 2 },
]
const EXAMPLES: Text = {
  ...{ name: 'mes_example', label: 'Examples', rows: 5 },
  hint: 'Each begins with <START> on its own line; then {{user}}: and {{char}}: in turn.',
}

/** A text of a card's data; whatever another program put there that is no text is shown as none. */
const boundTo = ({ draft: { data }, change }: Editing, name: string) => ({
  value: textIn(data, name),
  onChange: (value: string) => change(now => ({ data: { ...now.data, [name]: value } })),
})

export function ChatbotEditor({ editing }: { editing: Editing }) {
  const write = ({ name, ...text }: Text) => <Field key={name} prose {...text} {...boundTo(editing, name)} />
  return (
    <div className="space-y-10">
      <Group title="Who it is">
        <Field
          label="Name"
          maxLength={120}
          {...boundTo(editing, 'name')}
          hint="Stands wherever a text says {{char}}."
        />
        {write(GREETING)}
      </Group>
      <Group
        title="What it is told"
        about="Sealed: machines you admit read it to answer; holders never do unless you make the work openable."
      >
        {write(PROMPT)}
        <details className="border border-line px-4 py-2">
          <summary className="min-h-8 font-bold">
            More of the card: description, personality, scenario
          </summary>
          <div className="space-y-4 py-3">{MORE.map(write)}</div>
        </details>
        {write(EXAMPLES)}
      </Group>
      <Lorebook editing={editing} />
      <Sampling editing={editing} />
    </div>
  )
}
