/** After the mint: asking a machine to prove that it opens the work, with questions whose answers become public. */
import { parseMoney } from '@grimoire/schema/amounts'
import { OPENING_MAX_SAMPLES } from '@grimoire/schema/opening'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { UnderWay } from '../deed/under-way.tsx'
import { type Step, useDeed } from '../deed/use-deed.ts'
import { Asked } from '../design/asked.tsx'
import { Field } from '../design/field.tsx'
import { requireSession } from '../wallet/asking.ts'
import { hostOf } from '../words/host.ts'
import { money, plain, short } from '../words/plain.ts'
import type { Draft, PublishedDraft } from './draft.ts'
import { type Machine, machines } from './machines.ts'

const STEPS: readonly Step[] = ['check', 'sign', 'finish']
/** Set aside for a few short answers; what they do not cost comes back. */
const MAX_DEPOSIT_ATOMIC = parseMoney('0.5')
const MAX_TURN_ATOMIC = parseMoney('0.1')

/** One in each line. */
const questionsIn = (text: string): string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
    .slice(0, OPENING_MAX_SAMPLES)

function useProof({ workId, version }: PublishedDraft) {
  const deed = useDeed<unknown>()
  const prove = async ({ operator: { operator, endpoint } }: Machine, questions: readonly string[]) => {
    const session = await requireSession()
    if (!session) return
    await deed.run(session, async (_, market, wallet) => {
      const { proveOpening } = await import('@grimoire/client/prove-opening')
      return proveOpening(market, {
        ...{ wallet, workId, version, operator, nodeUrl: endpoint },
        questions: questions.map(content => ({ messages: [{ role: 'user' as const, content }] })),
        ...{ maxDepositAtomic: MAX_DEPOSIT_ATOMIC, maxTurnAtomic: MAX_TURN_ATOMIC },
      })
    })
  }
  return { deed, prove }
}

function Asking({ draft, published }: { draft: Draft; published: PublishedDraft }) {
  const found = useQuery(machines)
  const pinned = draft.samples.map(({ question }) => question)
  const [text, setText] = useState(pinned.join('\n') || 'Who are you?')
  const { deed, prove } = useProof(published)
  const { stage } = deed.state
  const questions = questionsIn(text)
  if (stage === 'done')
    return (
      <p role="status" className="font-bold">
        ✓ Proven: its page shows it now.
      </p>
    )
  return (
    <>
      <Field label="Questions, one a line" rows={3} value={text} onChange={setText} />
      <p className="whisper">
        Two signatures, no transaction. At most {money(MAX_DEPOSIT_ATOMIC)} is set aside; what the answers do
        not cost comes back when it is done.
      </p>
      {(stage === 'review' || stage === 'failed') && (
        <Asked question={found} waiting="Asking which machines are there" lines={1}>
          {all => (
            <Ask {...{ all, draft }} ask={one => void prove(one, questions)} none={questions.length === 0} />
          )}
        </Asked>
      )}
      <UnderWay state={deed.state} steps={STEPS} again={deed.reset} />
    </>
  )
}

export function Proving({ draft, published }: { draft: Draft; published: PublishedDraft }) {
  return (
    <section aria-label="Prove that it opens" className="space-y-4 border-t border-line pt-5">
      <h2 className="rubric">Prove that it opens</h2>
      <p>
        Until a machine has shown that it opens your work, the market calls it unproven. You ask it up to
        three questions; they and their answers stand on its page.
      </p>
      <Asking draft={draft} published={published} />
    </section>
  )
}

function Ask(props: {
  all: readonly Machine[]
  draft: Draft
  ask: (machine: Machine) => void
  none: boolean
}) {
  const { all, draft, ask, none } = props
  const { admission, admitted } = draft.terms
  const able = all.filter(
    ({ operator, health }) => health && (admission === 'bonded' || admitted.includes(operator.operator)),
  )
  if (able.length === 0) return <p>No machine that may open it answers now.</p>
  return (
    <p className="flex flex-wrap gap-3">
      {able.map(machine => (
        <button
          key={machine.operator.operator}
          type="button"
          className="button"
          disabled={none}
          onClick={() => ask(machine)}
        >
          Ask {plain(hostOf(machine.operator.endpoint) ?? short(machine.operator.operator))} to prove it
        </button>
      ))}
    </p>
  )
}
