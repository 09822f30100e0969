/** The variables of a prompt as a form: each by its type, with its note and its default. */
import type { Dotprompt } from '@grimoire/schema/dotprompt'
import { typeText, type Field as Variable } from '@grimoire/schema/picoschema'
import { useId } from 'react'
import { Field } from '../design/field.tsx'
import { plain } from '../words/plain.ts'

/** As they are typed; nothing for a variable that stands at its default. */
export type FormValues = Record<string, string>

const numeric = ({ type }: Variable) => type.kind === 'number' || type.kind === 'integer'
const complex = ({ type }: Variable) => ['array', 'object', 'any'].includes(type.kind)

/** A list may be written one item a line, anything nested as JSON. */
function typedValue(variable: Variable, text: string): unknown {
  const { type } = variable
  if (type.kind === 'string') return text
  if (type.kind === 'enum') return type.values.find(value => String(value) === text) ?? text
  if (type.kind === 'boolean') return text === 'true'
  if (numeric(variable)) return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
  if (type.kind === 'array' && type.items.kind === 'string')
    return text.split('\n').filter(line => line !== '')
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON yet: the check of the prompt's types says what is expected.
    return text
  }
}

export const inputOf = (fields: readonly Variable[], values: FormValues): Record<string, unknown> =>
  Object.fromEntries(
    fields
      .filter(({ name }) => (values[name] ?? '') !== '')
      .map(field => [field.name, typedValue(field, values[field.name] ?? '')]),
  )

const shown = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)

function Select(props: {
  label: string
  value: string
  options: readonly string[]
  first: string
  set: (value: string) => void
}) {
  const id = useId()
  return (
    <div>
      <label htmlFor={id} className="font-bold">
        {props.label}
      </label>
      <select
        id={id}
        className="field mt-1"
        value={props.value}
        onChange={event => props.set(event.target.value)}
      >
        <option value="">{props.first}</option>
        {props.options.map(option => (
          <option key={option} value={option}>
            {plain(option)}
          </option>
        ))}
      </select>
    </div>
  )
}

function One(props: { variable: Variable; byDefault: string; value: string; set: (value: string) => void }) {
  const { variable, byDefault, value, set } = props
  const { type, name, optional, description } = variable
  const label = `${name}${optional ? ' (may be empty)' : ''}`
  const note = plain(
    [description, byDefault && `Without a word of yours: ${byDefault}`].filter(Boolean).join(' · '),
  )
  if (type.kind === 'enum' || type.kind === 'boolean') {
    const options = type.kind === 'enum' ? type.values.map(String) : ['true', 'false']
    const first = byDefault ? `${plain(byDefault)} (by default)` : 'Choose'
    return (
      <Select
        label={description ? `${label}: ${plain(description)}` : label}
        value={value}
        options={options}
        first={first}
        set={set}
      />
    )
  }
  return (
    <Field
      label={label}
      value={value}
      onChange={set}
      hint={note || typeText(type)}
      {...(complex(variable) ? { rows: 2 } : {})}
      {...(numeric(variable) ? { inputMode: 'decimal' as const } : {})}
    />
  )
}

export function VariablesForm(props: {
  prompt: Dotprompt
  values: FormValues
  setValues: (values: FormValues) => void
}) {
  const { prompt, values, setValues } = props
  if (prompt.fields.length === 0)
    return <p className="text-faded">It has no variables: it is sent as it stands.</p>
  return (
    <div className="space-y-4">
      {prompt.fields.map(variable => (
        <One
          key={variable.name}
          variable={variable}
          byDefault={shown(prompt.defaults[variable.name])}
          value={values[variable.name] ?? ''}
          set={value => setValues({ ...values, [variable.name]: value })}
        />
      ))}
    </div>
  )
}
