/** Sigils as path data: a wheel for a chatbot, a seal drawn over a magic square for a prompt. Pure geometry. */
import type { Dice } from './cover-dice.ts'

const TURN = 2 * Math.PI

const at = (angle: number, radius: number): string =>
  `${(radius * Math.sin(angle)).toFixed(1)} ${(-radius * Math.cos(angle)).toFixed(1)}`

const ring = (radius: number): string =>
  `M0 ${-radius}A${radius} ${radius} 0 1 1 0 ${radius}A${radius} ${radius} 0 1 1 0 ${-radius}Z`

/** A star polygon: `corners` points on a circle, each joined to the one `step` further on. */
function star(corners: number, step: number, radius: number, turn: number): string {
  const point = (index: number) => at(turn + (TURN * index) / corners, radius)
  return Array.from({ length: corners }, (_, index) => `M${point(index)}L${point(index + step)}`).join('')
}

function rays(number: number, inner: number, outer: (index: number) => number): string {
  return Array.from({ length: number }, (_, index) => {
    const angle = (TURN * index) / number
    return `M${at(angle, inner)}L${at(angle, outer(index))}`
  }).join('')
}

/** Petals: a closed curve whose distance from the middle swings `petals` times. */
function rose(petals: number, radius: number, depth: number): string {
  const points = Array.from({ length: 180 }, (_, index) => {
    const angle = (TURN * index) / 180
    return at(angle, radius * (1 - depth + depth * Math.cos(petals * angle)))
  })
  return `M${points.join('L')}Z`
}

/** A moon, or a planet, in the gaps of a wheel. */
function beads(number: number, radius: number, size: number): string {
  return Array.from({ length: number }, (_, index) => {
    const angle = (TURN * (index + 0.5)) / number
    const x = radius * Math.sin(angle)
    const y = -radius * Math.cos(angle)
    return `M${(x - size).toFixed(1)} ${y.toFixed(1)}a${size} ${size} 0 1 0 ${2 * size} 0a${size} ${size} 0 1 0 ${-2 * size} 0`
  }).join('')
}

/** Three rings of ornament around a star: of some two million wheels, one. */
export function wheel(roll: Dice): string[] {
  const corners = 5 + roll(8)
  const turn = (roll(32) / 32) * Math.PI
  const step = 2 + roll(Math.max(1, Math.floor(corners / 2) - 1))
  const marks = 12 + 4 * roll(10)
  const long = 2 + roll(4)
  const inner = 3 + roll(6)
  const flowers = roll(3)
  return [
    ring(78),
    ring(70),
    rays(marks, 78, index => (index % long === 0 ? 90 : 83)),
    star(corners, step, 70, turn),
    flowers === 0
      ? rose(inner, 40, 0.35)
      : flowers === 1
        ? star(inner + 2, 1, 38, -turn)
        : rays(inner * 3, 20, () => 40),
    flowers === 2 ? beads(inner, 54, 4) : beads(corners, 62, 2.6),
    ring(8 + roll(8)),
  ]
}

/** The fields of a square visited in an order, as a planet's seal is drawn over its square. */
export function seal(roll: Dice): string[] {
  const side = 4 + roll(3)
  const gap = 132 / (side - 1)
  const place = (index: number) =>
    `${(-66 + gap * (index % side)).toFixed(1)} ${(-66 + gap * Math.floor(index / side)).toFixed(1)}`
  const fields = Array.from({ length: side * side }, (_, index) => index)
  const visited: number[] = []
  for (let left = 7 + roll(4); left > 0; left--) visited.push(...fields.splice(roll(fields.length), 1))
  const [first = 0] = visited
  const last = visited.at(-1) ?? 0
  const bead = (index: number, size: number) =>
    `M${place(index)}m${-size} 0a${size} ${size} 0 1 0 ${2 * size} 0a${size} ${size} 0 1 0 ${-2 * size} 0`
  return [
    'M-84-84H84V84H-84Z',
    'M0-96L96 0L0 96L-96 0Z',
    Array.from({ length: side * side }, (_, index) => bead(index, 0.9)).join(''),
    `M${visited.map(place).join('L')}`,
    bead(first, 6),
    bead(last, 3),
    bead(last, 7),
  ]
}
