/** The test run of a draft as the page sees it: what is open, what was said, and whether the draft has changed since. */
import type { OpenedDraft } from '@grimoire/client/run-draft'
import { useEffect, useMemo, useRef, useState } from 'react'
import { requireSession } from '../wallet/asking.ts'
import type { Draft } from './draft.ts'
import { markOf } from './listed-files.ts'
import { cardOf } from './readiness.ts'
import type { Said, Trial } from './trial.ts'

type Run = { trial: Trial; card: string; files: string }
type State = { busy: '' | 'opening' | 'asking'; error: unknown; sent: string }
const IDLE: State = { busy: '', error: null, sent: '' }

export type RunningTrial = {
  isOpen: boolean
  /** The draft is no longer what the machine has of it. */
  stale: boolean
  state: State
  said: readonly Said[]
  begin: (nodeUrl: string) => Promise<void>
  ask: (question: string) => Promise<void>
}

/** A failed one would seem to think for ever, and go into the next question as an empty answer. */
const answered = (all: Said[]): Said[] => all.filter(({ text }) => text !== '')

/** Other files make another text. */
const filesOf = ({ adapter, knowledge }: Draft): string =>
  `${adapter ? `${adapter.name}:${adapter.sizeBytes}` : ''} ${markOf(knowledge)}`

export function useTrial(draft: Draft): RunningTrial {
  const [run, setRun] = useState<Run | null>(null)
  const [state, setState] = useState(IDLE)
  const [said, setSaid] = useState<Said[]>([])
  const open = useRef<OpenedDraft | null>(null)
  // Whoever leaves has it wiped; a machine that does not answer wipes it by itself when it is idle.
  useEffect(() => () => void open.current?.close().catch(() => undefined), [])
  const begin = async (nodeUrl: string) => {
    const session = await requireSession()
    if (!session) return
    setState({ ...IDLE, busy: 'opening' })
    try {
      const onUpload = (sent: string) => setState({ ...IDLE, busy: 'opening', sent })
      const { openTrial } = await import('./trial.ts')
      const trial = await openTrial({ draft, session, nodeUrl, onUpload })
      void open.current?.close().catch(() => undefined)
      open.current = trial.opened
      setRun({ trial, card: cardOf(draft), files: filesOf(draft) })
      setSaid([]) // Answers of an earlier card are no past of this one.
      setState(IDLE)
    } catch (error) {
      setState({ ...IDLE, error })
    }
  }
  const ask = async (question: string) => {
    if (!run) return
    const before = said
    setState({ ...IDLE, busy: 'asking' })
    try {
      for await (const text of run.trial.ask(draft.kind === 'prompt' ? [] : before, question))
        setSaid([...before, { question, ...text }])
      setState(IDLE)
    } catch (error) {
      setSaid(answered)
      setState({ ...IDLE, error })
    }
  }
  // Not worked out again with every piece of an answer.
  const card = useMemo(() => cardOf(draft), [draft])
  const stale = run !== null && (run.card !== card || run.files !== filesOf(draft))
  return { isOpen: run !== null, state, said, begin, ask, stale }
}
