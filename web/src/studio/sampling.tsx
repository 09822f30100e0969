/** How a chatbot answers: settings that its creator fixes for every answer, or leaves to the machine. */
import { useState } from 'react'
import { Field, Group } from '../design/field.tsx'
import { type Row, rowIn } from './row.ts'
import type { Editing } from './use-draft.ts'

const generationOf = (data: Row): Row => rowIn(rowIn(rowIn(data, 'extensions'), 'grimoire'), 'generation')

function withGeneration(data: Row, generation: Row): Row {
  const extensions = rowIn(data, 'extensions')
  return {
    ...data,
    extensions: { ...extensions, grimoire: { ...rowIn(extensions, 'grimoire'), generation } },
  }
}

const NUMBERS = [
  {
    name: 'temperature',
    label: 'Temperature',
    low: 0,
    high: 2,
    hint: '0 is always the likeliest word, 1 lively.',
  },
  { name: 'topP', label: 'Top-p', low: 0.01, high: 1, hint: 'How much of the likelihood is drawn from.' },
  {
    name: 'maxTokens',
    label: 'Longest answer, in tokens',
    low: 1,
    high: 32_768,
    hint: 'Holders pay by length.',
  },
] as const

const fits = ({ name, low, high }: (typeof NUMBERS)[number], value: number): boolean =>
  value >= low && value <= high && (name !== 'maxTokens' || Number.isInteger(value))

/** As it is typed, so that a half-written number stays in its field; only whole ones reach the card. */
function NumberField({ editing, ...one }: (typeof NUMBERS)[number] & { editing: Editing }) {
  const { draft, change } = editing
  const kept = generationOf(draft.data)[one.name]
  const [text, setText] = useState(typeof kept === 'number' ? String(kept) : '')
  const write = (value: string) => {
    setText(value)
    const next = Number(value)
    const good = value.trim() !== '' && fits(one, next)
    change(({ data }) => {
      const { [one.name]: _, ...rest } = generationOf(data)
      return { data: withGeneration(data, good ? { ...rest, [one.name]: next } : rest) }
    })
  }
  return (
    <Field
      label={one.label}
      inputMode="decimal"
      value={text}
      onChange={write}
      placeholder="left to the machine"
      hint={one.hint}
      wrong={
        text.trim() === '' || fits(one, Number(text))
          ? undefined
          : `Write a ${one.name === 'maxTokens' ? 'whole ' : ''}number from ${one.low} to ${one.high}, or leave it empty.`
      }
    />
  )
}

export function Sampling({ editing }: { editing: Editing }) {
  const { draft, change } = editing
  const { stop } = generationOf(draft.data)
  const [stops, setStops] = useState(() =>
    Array.isArray(stop) ? stop.filter(one => typeof one === 'string').join('\n') : '',
  )
  const writeStops = (text: string) => {
    setStops(text)
    const lines = text.split('\n').filter(line => line !== '')
    const written = lines.slice(0, 4).map(line => line.slice(0, 64))
    change(({ data }) => {
      const { stop: _, ...rest } = generationOf(data)
      return { data: withGeneration(data, written.length > 0 ? { ...rest, stop: written } : rest) }
    })
  }
  return (
    <Group title="How it answers" about="What an answer goes by where its holder asks for nothing else.">
      <div className="grid gap-4 sm:grid-cols-3">
        {NUMBERS.map(one => (
          <NumberField key={one.name} editing={editing} {...one} />
        ))}
      </div>
      <Field
        label="Stop at these texts"
        rows={2}
        value={stops}
        onChange={writeStops}
        hint="One a line, at most four."
      />
    </Group>
  )
}
