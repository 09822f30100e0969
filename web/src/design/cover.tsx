/** A work's cover: bookcloth, a border and a sigil stamped in foil, all from its id, so that it looks the same everywhere. */
import { type CoverShapes, coverOf, SIGIL_PLACE } from '@grimoire/schema/cover'
import type { ReactNode } from 'react'

function Sigil({ foil, border, sigil }: CoverShapes) {
  return (
    <svg viewBox="0 0 300 420" aria-hidden="true" className="absolute inset-0 size-full">
      <path d="M0 0H11V420H0Z" fill="#000" opacity="0.28" />
      <path d="M11.5 0V420" stroke="#fff" strokeWidth="1" opacity="0.16" />
      <g fill="none" stroke={foil} strokeWidth="1.3" strokeLinejoin="round">
        <path d={border} opacity="0.75" />
        <g transform={SIGIL_PLACE} strokeWidth="1.15">
          {sigil.map(d => (
            <path key={d} d={d} />
          ))}
        </g>
      </g>
    </svg>
  )
}

/** Long titles are set smaller, as a binder would. */
const sizeOf = (title: string): string =>
  title.length > 44 ? 'text-[7.6cqw]' : title.length > 22 ? 'text-[9.4cqw]' : 'text-[11.6cqw]'

export function Cover(props: { workId: string; kind: string; title: string; children?: ReactNode }) {
  const { workId, kind, title, children } = props
  const shapes = coverOf(workId, kind)
  return (
    <div className="cover" style={{ backgroundColor: shapes.cloth, color: shapes.foil }}>
      <Sigil {...shapes} />
      <div className="absolute inset-x-[14%] top-[9%] flex h-[30%] items-center justify-center text-center">
        <div className={`line-clamp-4 font-book leading-[1.08] ${sizeOf(title)}`}>{children ?? title}</div>
      </div>
    </div>
  )
}
