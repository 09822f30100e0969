/** Two small pictures of figures that a table beside them says in full: columns of days, and a price that went in steps. */
import type { ReactNode } from 'react'

/** What is drawn is measured in these and stretched to the page's width. */
const WIDE = 600
const HIGH = 120

function Frame(props: { caption: string; most: string; first: string; last: string; children: ReactNode }) {
  const { caption, most, first, last, children } = props
  return (
    <figure className="mb-6">
      <figcaption className="whisper mb-2">{caption}</figcaption>
      <div aria-hidden="true">
        <p className="whisper border-b border-line">{most}</p>
        <svg
          aria-hidden="true"
          viewBox={`0 0 ${WIDE} ${HIGH}`}
          preserveAspectRatio="none"
          className="block h-32 w-full border-b border-edge text-rubric"
        >
          {children}
        </svg>
        <p className="whisper flex justify-between gap-4">
          <span>{first}</span>
          <span>{last}</span>
        </p>
      </div>
    </figure>
  )
}

export type Column = { key: string; value: number }

/** All columns stand for the same stretch of time. */
export function Columns(props: {
  caption: string
  columns: readonly Column[]
  most: string
  first: string
  last: string
}) {
  const { columns, ...around } = props
  const top = Math.max(1, ...columns.map(({ value }) => value))
  const step = WIDE / Math.max(1, columns.length)
  return (
    <Frame {...around}>
      {columns.map(({ key, value }, index) => (
        <rect
          key={key}
          x={index * step + step * 0.1}
          width={step * 0.8}
          y={HIGH - (value / top) * HIGH}
          height={(value / top) * HIGH}
          fill="currentColor"
        />
      ))}
    </Frame>
  )
}

/** Until another price was paid, the last one stood. */
export function Steps(props: {
  caption: string
  /** The oldest first. */
  points: readonly { at: number; value: number }[]
  most: string
  first: string
  last: string
}) {
  const { points, ...around } = props
  const top = Math.max(1, ...points.map(({ value }) => value))
  const begin = points[0]?.at ?? 0
  const span = Math.max(1, (points.at(-1)?.at ?? 0) - begin)
  const place = ({ at, value }: { at: number; value: number }) =>
    [((at - begin) / span) * WIDE, HIGH - (value / top) * HIGH * 0.96] as const
  const path = points.map((point, index) => {
    const [x, y] = place(point)
    return index === 0 ? `M${x} ${y}` : `H${x}V${y}`
  })
  return (
    <Frame {...around}>
      <path
        d={`${path.join('')}H${WIDE}`}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        vectorEffect="non-scaling-stroke"
      />
    </Frame>
  )
}
