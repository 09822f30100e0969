/** Trying a draft on a real machine before it is minted: one signature, free answers, kept by the machine in memory only. */
import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Again, Refusal } from '../design/states.tsx'
import { hostOf } from '../words/host.ts'
import { plain, plural, short } from '../words/plain.ts'
import type { Draft } from './draft.ts'
import { type Machine, machines } from './machines.ts'
import { cardFault } from './readiness.ts'
import { Pinned, Transcript } from './test-run.tsx'
import type { Editing } from './use-draft.ts'
import { type RunningTrial, useTrial } from './use-trial.ts'

function Choose(props: { found: readonly Machine[]; chosen: string; choose: (url: string) => void }) {
  const { found, chosen, choose } = props
  const { health } = found.find(({ operator }) => operator.endpoint === chosen) ?? {}
  return (
    <label className="block">
      <span className="font-bold">Machine</span>
      <select className="field mt-1" value={chosen} onChange={event => choose(event.target.value)}>
        {found.map(({ operator }) => (
          <option key={operator.operator} value={operator.endpoint}>
            {plain(hostOf(operator.endpoint) ?? short(operator.operator))}
          </option>
        ))}
      </select>
      {health && (
        <span className="whisper">
          {plain(health.base.name)}, {plural(health.draftTurnsPerDay, 'free answer')} a day
        </span>
      )}
    </label>
  )
}

/** The way onto the machine: at first, and whenever the draft is another than the one that lies there. */
function Opening({ draft, trial, nodeUrl }: { draft: Draft; trial: RunningTrial; nodeUrl: string }) {
  const { isOpen, stale, state } = trial
  const fault = useMemo(() => cardFault(draft), [draft])
  const label = isOpen ? 'Try the changed draft' : 'Try it on this machine'
  return (
    <>
      <p className="whisper">
        {stale ? 'You have changed the draft since. ' : ''}
        Your wallet signs once, nothing is paid.{' '}
        {draft.knowledge.length > 0 ? 'The card and its files go' : 'The card goes'} to this machine, which
        keeps it all in memory and wipes it: choose one that you would admit.
      </p>
      <button
        type="button"
        className={`button w-full ${isOpen ? '' : 'chief'}`}
        disabled={state.busy !== '' || fault !== null}
        onClick={() => void trial.begin(nodeUrl)}
      >
        {state.busy === 'opening' ? state.sent || 'Opening…' : label}
      </button>
      {fault && <p className="whisper">The card cannot be used yet: {plain(fault)}</p>}
    </>
  )
}

/** `question` is what the form of a prompt makes; without it one writes. */
function Speak({ trial, question }: { trial: RunningTrial; question: string | undefined }) {
  const [text, setText] = useState('')
  const { busy } = trial.state
  const send = () => {
    const asked = question ?? text.trim()
    if (asked === '' || busy !== '') return
    setText('')
    void trial.ask(asked)
  }
  return (
    <form
      className="flex items-end gap-3"
      onSubmit={event => {
        event.preventDefault()
        send()
      }}
    >
      {question === undefined && (
        <label className="grow">
          <span className="font-bold">Say something to it</span>
          <input
            className="field mt-1"
            value={text}
            autoComplete="off"
            onChange={event => setText(event.target.value)}
          />
        </label>
      )}
      <button type="submit" className="button chief" disabled={busy !== ''}>
        {busy === 'asking' ? '…' : question === undefined ? 'Ask' : 'Run it with this form'}
      </button>
    </form>
  )
}

export function TryPane({ editing, question }: { editing: Editing; question?: string | undefined }) {
  const { draft } = editing
  const found = useQuery(machines)
  const willing = (found.data ?? []).filter(({ health }) => (health?.draftTurnsPerDay ?? 0) > 0)
  const [picked, choose] = useState('')
  const nodeUrl = picked || willing[0]?.operator.endpoint || ''
  const trial = useTrial(draft)
  const { isOpen, stale, state, said } = trial
  return (
    <section
      id="try"
      aria-label="Try it"
      className="min-w-0 space-y-4 border border-line bg-leaf p-5 lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto"
    >
      <h2 className="rubric">Try it</h2>
      <Asked question={found} waiting="Asking which machines try drafts" lines={2}>
        {() =>
          willing.length === 0 ? (
            <p>No machine gives free test answers now. The draft can be minted without one.</p>
          ) : (
            <Choose found={willing} chosen={nodeUrl} choose={choose} />
          )
        }
      </Asked>
      {(!isOpen || stale) && willing.length > 0 && <Opening {...{ draft, trial, nodeUrl }} />}
      <Transcript said={said} asking={state.busy === 'asking'} editing={editing} />
      {state.error !== null && (
        <Refusal error={state.error}>
          <Again run={() => void trial.begin(nodeUrl)} label="Open it again" />
        </Refusal>
      )}
      {isOpen && <Speak trial={trial} question={question} />}
      <Pinned editing={editing} />
    </section>
  )
}
