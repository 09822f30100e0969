/** Whether a node has shown that it opens a work: the signed proofs, checked on this page, and what was answered in them. */
import { useQuery } from '@tanstack/react-query'
import { Chapter } from '../design/sheet.tsx'
import { day, plain, short } from '../words/plain.ts'
import { provenWords } from './proven-words.ts'
import { openingsOf } from './queries.ts'

type Told = { workId: string; latestVersion: number; openings: number }

/** Silent while proofs are checked: a chip that changes its mind would be believed too early. */
export function Proven({ work }: { work: Told }) {
  const { openings } = work
  const proofs = useQuery({ ...openingsOf(work), enabled: openings > 0 })
  if (openings > 0 && proofs.isPending) return null
  const { chip, whisper } = provenWords(proofs.data?.length ?? (proofs.isError ? 'unchecked' : 0))
  return (
    <p className="mt-3">
      <span className="chip">{chip}</span> <span className="whisper">{whisper}</span>
    </p>
  )
}

const textOf = (message: unknown): string | null =>
  typeof message === 'object' &&
  message !== null &&
  'content' in message &&
  typeof message.content === 'string'
    ? message.content
    : null

/** The last thing that was said, or the variables of a prompt. */
function askedOf({ messages, grimoire }: Record<string, unknown>): string {
  if (typeof grimoire === 'object' && grimoire !== null && 'input' in grimoire) {
    return JSON.stringify(grimoire.input)
  }
  return (Array.isArray(messages) ? textOf(messages.at(-1)) : null) ?? ''
}

/** Of the newest proof that holds. */
export function Samples({ work }: { work: Told }) {
  const { data: proofs } = useQuery({ ...openingsOf(work), enabled: work.openings > 0 })
  const [proof] = proofs ?? []
  if (!proof) return null
  const { operator, openedAtSeconds } = proof.opening
  return (
    <Chapter title="What it answered">
      <dl className="space-y-4">
        {proof.samples.map(({ request, output, receipt }) => (
          <div key={receipt.requestHash + receipt.outputHash}>
            <dt className="text-faded">{plain(askedOf(request).slice(0, 600))}</dt>
            <dd className="mt-1 whitespace-pre-wrap">{plain(output.slice(0, 2_000))}</dd>
          </div>
        ))}
      </dl>
      <p className="whisper mt-3">
        Questions of its maker, answered by operator {short(operator)} on {day(openedAtSeconds)}; the receipts
        were checked on this page. Its maker chose the questions.
      </p>
    </Chapter>
  )
}
