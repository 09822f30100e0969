/** A stranger's or a model's text as prose: set at once, and with its marks as soon as what reads them is loaded. */
import { lazy, Suspense } from 'react'
import { isMarked } from './marks.ts'
import { plain } from './plain.ts'

const Marked = lazy(async () => ({ default: (await import('./marked.tsx')).Marked }))

function Unmarked({ text }: { text: string }) {
  const paragraphs = text.split(/\n\s*\n/).filter(paragraph => paragraph.trim())
  // The same paragraph may stand twice, and none ever moves.
  return paragraphs.map((paragraph, index) => <p key={`${String(index)}${paragraph}`}>{paragraph.trim()}</p>)
}

export function Prose({ text, className = '' }: { text: string; className?: string }) {
  const words = plain(text)
  return (
    <div className={`leaf ${className}`}>
      {isMarked(words) ? (
        <Suspense fallback={<Unmarked text={words} />}>
          <Marked text={words} />
        </Suspense>
      ) : (
        <Unmarked text={words} />
      )}
    </div>
  )
}
