/** One of a few ways to look at something, all of them in sight. */
import { count } from '../words/plain.ts'

export function Choice<T extends string>(props: {
  legend: string
  name: string
  options: readonly (readonly [value: T, label: string, works?: number | undefined])[]
  chosen: T
  choose: (value: T) => void
}) {
  const { legend, name, options, chosen, choose } = props
  return (
    <fieldset className="flex flex-wrap items-center gap-x-5">
      <legend className="unseen">{legend}</legend>
      {options.map(([value, label, works]) => (
        <label
          key={label}
          className="flex min-h-11 cursor-pointer items-center border-b-2 border-transparent text-faded has-checked:border-rubric has-checked:font-bold has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-rubric"
        >
          <input
            type="radio"
            className="unseen"
            name={name}
            checked={chosen === value}
            onChange={() => choose(value)}
          />
          <span>{label}</span>
          {works !== undefined && <span className="whisper pl-1.5">{count(works)}</span>}
        </label>
      ))}
    </fieldset>
  )
}
