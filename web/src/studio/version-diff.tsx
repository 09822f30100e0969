/** What a new version changes of the card and its files against the last one. Both lie on this device; neither is sent anywhere. */
import { plain } from '../words/plain.ts'
import { changesOf, type DiffLine, diffLines, readableCard } from './diff.ts'
import type { Draft } from './draft.ts'
import { changesOfFiles } from './listed-files.ts'
import { cardOf } from './readiness.ts'

const LOOK = {
  same: { mark: ' ', said: '', className: 'text-faded' },
  gap: { mark: ' ', said: '', className: 'text-faded' },
  gone: { mark: '−', said: 'Removed: ', className: 'line-through decoration-edge' },
  new: { mark: '+', said: 'Added: ', className: 'font-bold text-rubric' },
} as const

function Lines({ lines }: { lines: readonly DiffLine[] }) {
  return (
    <div className="border border-line bg-leaf p-4">
      {lines.map(({ kind, text }, index) => (
        // Lines have no names, and this list is drawn anew as a whole.
        <p key={`${String(index)}-${kind}`} className="flex gap-2 leading-snug whitespace-pre-wrap">
          <span aria-hidden="true" className="w-3 shrink-0 text-rubric">
            {LOOK[kind].mark}
          </span>
          <span className={`min-w-0 [overflow-wrap:anywhere] ${LOOK[kind].className}`}>
            {LOOK[kind].said && <span className="unseen">{LOOK[kind].said}</span>}
            {plain(text) || ' '}
          </span>
        </p>
      ))}
    </div>
  )
}

export function VersionDiff({ draft }: { draft: Draft }) {
  if (!draft.published) return null
  const before = readableCard(draft.kind, draft.published.card)
  const lines = changesOf(diffLines(before, readableCard(draft.kind, cardOf(draft))))
  const cardChanged = lines.some(({ kind }) => kind === 'gone' || kind === 'new')
  const files = changesOfFiles(draft.published.knowledge, draft.knowledge)
  if (!cardChanged && files.length === 0) {
    const what = draft.knowledge.length > 0 ? 'The card and its files are' : 'The card is'
    return (
      <p>
        {what} the same as in version {draft.published.version}.
      </p>
    )
  }
  return (
    <section aria-label={`What changes against version ${draft.published.version}`}>
      <h3 className="mb-2 font-bold">What changes against version {draft.published.version}</h3>
      {cardChanged && <Lines lines={lines} />}
      {files.length > 0 && (
        <>
          <h4 className="mt-4 mb-2 font-bold">Of its knowledge files</h4>
          <Lines lines={files} />
        </>
      )}
    </section>
  )
}
