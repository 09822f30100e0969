/** The terms behind the cover: what is decided here stands on the chain and cannot be changed later. */
import { useQuery } from '@tanstack/react-query'
import { Asked } from '../design/asked.tsx'
import { Decision, Field, Group } from '../design/field.tsx'
import { hostOf } from '../words/host.ts'
import { money, plain, short } from '../words/plain.ts'
import { CoverWords } from './cover-words.tsx'
import type { Draft, TypedTerms } from './draft.ts'
import { basesOf, type Machine, machines } from './machines.ts'
import { termFaults } from './readiness.ts'
import type { Editing } from './use-draft.ts'

function Base({ editing: { draft, change } }: { editing: Editing }) {
  return (
    <Group
      title="Base model"
      about="The weights that it was written for. A machine that runs others does not answer with it."
    >
      <Asked question={useQuery(machines)} waiting="Asking the machines what they run" lines={2}>
        {found => {
          const bases = basesOf(found)
          if (bases.length === 0)
            return <p>No machine answers this page now, so there is nothing to choose from.</p>
          return (
            <div className="grid gap-2">
              {bases.map(base => (
                <label key={base.sha256} className="flex min-h-11 items-center gap-3">
                  <input
                    type="radio"
                    name="base"
                    className="size-4.5 accent-rubric"
                    checked={draft.base?.sha256 === base.sha256}
                    onChange={() => change({ base })}
                  />
                  <span>
                    <strong>{plain(base.name)}</strong>{' '}
                    <span className="whisper">weights {short(base.sha256)}</span>
                  </span>
                </label>
              ))}
            </div>
          )
        }}
      </Asked>
    </Group>
  )
}

function Listed({ editing, found }: { editing: Editing; found: readonly Machine[] }) {
  const { draft, change } = editing
  const { admitted } = draft.terms
  const toggle = (operator: Machine['operator']['operator'], on: boolean) =>
    change(now => {
      const others = now.terms.admitted.filter(one => one !== operator)
      return { terms: { ...now.terms, admitted: on ? [...others, operator] : others } }
    })
  return (
    <fieldset>
      <legend className="font-bold">Machines that may read it</legend>
      {found.map(({ operator: { operator, endpoint, bondAtomic } }) => (
        <label key={operator} className="flex min-h-11 items-center gap-3">
          <input
            type="checkbox"
            className="size-4.5 accent-rubric"
            checked={admitted.includes(operator)}
            onChange={event => toggle(operator, event.target.checked)}
          />
          <span>
            {plain(hostOf(endpoint) ?? short(operator))}{' '}
            <span className="whisper">
              {short(operator)}, bond {money(bondAtomic)}
            </span>
          </span>
        </label>
      ))}
      {admitted.length === 0 && (
        <p className="whisper">With none of them nobody can answer for it until you list one later.</p>
      )}
    </fieldset>
  )
}

const DISCLOSURE = [
  {
    value: 'sealed',
    title: 'Sealed',
    text: 'Holders use it and never read it. Only machines that you admit open it, and they vouch with a bond.',
  },
  {
    value: 'openable',
    title: 'Openable',
    text: 'A holder may burn an edition for an opened copy, and then reads the whole text.',
  },
] as const

const ADMISSION = [
  {
    value: 'listed',
    title: 'Machines I list',
    text: 'You choose who may open it, and may change the list later.',
  },
  {
    value: 'bonded',
    title: 'Anyone with a bond',
    text: 'More machines, more readers of the text: each has a bond to lose.',
  },
] as const

type Sum = Exclude<keyof TypedTerms, 'disclosure' | 'admission' | 'admitted'>

const SHARES: readonly { name: Sum; label: string; hint?: string }[] = [
  { name: 'price', label: 'Price of an edition, in dollars' },
  { name: 'editionCap', label: 'Editions at most', hint: 'There will never be more.' },
  { name: 'resalePercent', label: 'Your share of each resale, in percent', hint: 'At most 25.' },
  { name: 'usagePercent', label: 'Your share of each answer, in percent', hint: 'At most 50.' },
]
const CEILINGS: typeof SHARES = [
  { name: 'maxTurnFee', label: 'For an answer' },
  { name: 'maxInput', label: 'For a million bytes in' },
  { name: 'maxOutput', label: 'For a million bytes out' },
]

function Sums({ editing: { draft, change } }: { editing: Editing }) {
  const faults = termFaults(draft)
  const write = ({ name, ...told }: (typeof SHARES)[number]) => (
    <Field
      key={name}
      {...told}
      value={draft.terms[name]}
      inputMode="decimal"
      onChange={value => change(now => ({ terms: { ...now.terms, [name]: value } }))}
      wrong={faults.find(fault => fault.field === name)?.text}
    />
  )
  return (
    <>
      <Group title="Price and shares">
        <div className="grid gap-4 sm:grid-cols-2">{SHARES.map(write)}</div>
      </Group>
      <Group
        title="What machines may ask"
        about="Ceilings in dollars: no machine charges a holder more than this, and each may ask less."
      >
        <div className="grid gap-4 sm:grid-cols-3">{CEILINGS.map(write)}</div>
      </Group>
    </>
  )
}

function FixedTerms({ editing }: { editing: Editing }) {
  const known = useQuery(machines)
  const { draft, change } = editing
  const set = (part: Partial<TypedTerms>) => change(now => ({ terms: { ...now.terms, ...part } }))
  return (
    <>
      <Base editing={editing} />
      <Group title="Who may read it">
        <Decision
          legend="Text"
          value={draft.terms.disclosure}
          options={DISCLOSURE}
          onChange={disclosure => set({ disclosure })}
        />
        <Decision
          legend="Machines"
          value={draft.terms.admission}
          options={ADMISSION}
          onChange={admission => set({ admission })}
        />
        {draft.terms.admission === 'listed' && (
          <Asked question={known} waiting="Asking the registry" lines={2}>
            {found => <Listed editing={editing} found={found} />}
          </Asked>
        )}
      </Group>
      <Sums editing={editing} />
    </>
  )
}

export function TermsEditor({ editing }: { editing: Editing }) {
  const { draft } = editing
  return (
    <div className="space-y-10">
      <CoverWords editing={editing} />
      {isFixed(draft) ? (
        <p className="border-t border-line pt-5">
          {draft.published
            ? 'Its terms stand on the chain since its mint and cannot be changed, by you or anyone.'
            : 'It is sealed with its terms and waits for its mint. To change them, throw the sealed files away under “Publish”.'}
        </p>
      ) : (
        <FixedTerms editing={editing} />
      )}
    </div>
  )
}

export const isFixed = ({ published, mint }: Draft): boolean => published !== null || mint !== null
