/** A labelled place to write: its hint and what is wrong with it are told with it. */
import { useId } from 'react'

type Props = {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: string | undefined
  /** What is wrong, in a sentence. */
  wrong?: string | undefined
  /** More than one makes a field that grows with its text. */
  rows?: number
  maxLength?: number
  inputMode?: 'decimal' | 'numeric'
  placeholder?: string
  /** Set as a page of a book, for text that is written and not filled in. */
  prose?: boolean
  /** Every space counts. */
  code?: boolean
}

export function Field(props: Props) {
  const { label, value, onChange, hint, wrong, rows = 1, prose, code, ...rest } = props
  const id = useId()
  const shared = {
    ...rest,
    id,
    value,
    autoComplete: 'off',
    'aria-describedby': hint || wrong ? `${id}-hint` : undefined,
    'aria-invalid': wrong ? true : undefined,
  }
  return (
    <div>
      <label htmlFor={id} className="font-bold">
        {label}
      </label>
      {rows > 1 ? (
        <textarea
          {...shared}
          rows={rows}
          className={`field mt-1 max-h-[32rem] py-2! leading-snug [field-sizing:content] ${prose ? 'font-book text-lg' : ''} ${code ? 'font-mono text-base' : ''}`}
          style={{ minHeight: `${rows * 1.55 + 1}rem` }}
          onChange={event => onChange(event.target.value)}
        />
      ) : (
        <input {...shared} className="field mt-1" onChange={event => onChange(event.target.value)} />
      )}
      {(hint || wrong) && (
        <p id={`${id}-hint`} className="whisper mt-0.5">
          {wrong ? <strong className="text-rubric">{wrong}</strong> : hint}
        </p>
      )}
    </div>
  )
}

/** One of two ways whose consequences are told with them. */
export function Decision<T extends string>(props: {
  legend: string
  value: T
  options: readonly { value: T; title: string; text: string }[]
  onChange: (value: T) => void
}) {
  const { legend, value, options, onChange } = props
  const name = useId()
  return (
    <fieldset>
      <legend className="mb-1 font-bold">{legend}</legend>
      <div className="grid gap-3 sm:grid-cols-2">
        {options.map(option => (
          <label
            key={option.value}
            className={`flex gap-3 border p-3.5 ${option.value === value ? 'border-rubric bg-leaf' : 'border-line'}`}
          >
            <input
              type="radio"
              name={name}
              className="mt-1 size-4.5 shrink-0 accent-rubric"
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>
              <strong className="block">{option.title}</strong>
              <span className="whisper">{option.text}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** A group of fields under its own name. */
export function Group(props: { title: string; about?: string; children: React.ReactNode }) {
  return (
    <fieldset className="min-w-0 space-y-4 border-t border-line pt-5">
      <legend className="rubric float-left mb-3 w-full">{props.title}</legend>
      <div className="clear-both space-y-4">
        {props.about && <p className="-mt-2 max-w-2xl text-faded">{props.about}</p>}
        {props.children}
      </div>
    </fieldset>
  )
}
