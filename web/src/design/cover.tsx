/** A work's cover: bookcloth, a border and a sigil stamped in foil, all from its id, so that it looks the same everywhere. */
import type { ReactNode } from 'react'
import { CLOTHS } from './cloths.ts'
import { diceOf } from './dice.ts'
import { seal, wheel } from './sigil.ts'

const BORDERS = [
  'M22 14H286V406H22Z M28 20H280V400H28Z',
  'M22 34V14H42M266 14H286V34M286 386V406H266M42 406H22V386 M30 22H278V398H30Z',
  'M38 14H270A16 16 0 0 0 286 30V390A16 16 0 0 0 270 406H38A16 16 0 0 0 22 390V30A16 16 0 0 0 38 14Z',
  'M22 406V130A132 116 0 0 1 286 130V406Z M30 398V132A124 108 0 0 1 278 132V398Z',
]

function Sigil({ workId, kind, foil }: { workId: string; kind: string; foil: string }) {
  const roll = diceOf(workId)
  roll(CLOTHS.length)
  const border = BORDERS[roll(BORDERS.length)]
  const paths = kind === 'prompt' ? seal(roll) : wheel(roll)
  return (
    <svg viewBox="0 0 300 420" aria-hidden="true" className="absolute inset-0 size-full">
      <path d="M0 0H11V420H0Z" fill="#000" opacity="0.28" />
      <path d="M11.5 0V420" stroke="#fff" strokeWidth="1" opacity="0.16" />
      <g fill="none" stroke={foil} strokeWidth="1.3" strokeLinejoin="round">
        <path d={border} opacity="0.75" />
        <g transform="translate(154 282) scale(1.02)" strokeWidth="1.15">
          {paths.map(d => (
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
  const [cloth, foil] = CLOTHS[diceOf(workId)(CLOTHS.length)] ?? ['#232b35', '#dfe3e6']
  return (
    <div className="cover" style={{ backgroundColor: cloth, color: foil }}>
      <Sigil workId={workId} kind={kind} foil={foil} />
      <div className="absolute inset-x-[14%] top-[9%] flex h-[30%] items-center justify-center text-center">
        <div className={`line-clamp-4 font-book leading-[1.08] ${sizeOf(title)}`}>{children ?? title}</div>
      </div>
    </div>
  )
}
