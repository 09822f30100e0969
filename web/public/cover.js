/** A cover for each work: a sigil drawn from nothing but its id, so that the same work looks the same everywhere. */

const SVG = 'http://www.w3.org/2000/svg'

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  return element
}

/** The id is a hash already: its bytes are the dice. */
function diceOf(workId) {
  let rest = BigInt(workId)
  return sides => {
    const rolled = Number(rest % BigInt(sides))
    rest /= BigInt(sides)
    return rolled
  }
}

const point = (angle, radius) =>
  `${(95 + radius * Math.sin(angle)).toFixed(2)},${(50 - radius * Math.cos(angle)).toFixed(2)}`

/** A star polygon: `corners` points on a circle, each joined to the one `step` further on. */
function star(corners, step, radius, turn) {
  const at = index => point(turn + (2 * Math.PI * index) / corners, radius)
  const lines = Array.from({ length: corners }, (_, index) => `M${at(index)}L${at(index + step)}`)
  return shape('path', { d: lines.join('') })
}

export function cover(workId) {
  const roll = diceOf(workId)
  const svg = shape('svg', {
    class: 'cover',
    viewBox: '0 0 190 100',
    preserveAspectRatio: 'xMidYMid slice',
    'aria-hidden': 'true',
  })
  svg.style.setProperty('--hue', String(roll(360)))
  const corners = 5 + roll(7)
  const turn = (roll(64) / 64) * Math.PI
  const outer = 24 + roll(8)
  svg.append(shape('rect', { x: -200, y: -200, width: 600, height: 500 }))
  svg.append(shape('circle', { class: 'glow', cx: 95, cy: 50, r: outer * 0.6 }))
  svg.append(shape('circle', { cx: 95, cy: 50, r: outer + 4 }), shape('circle', { cx: 95, cy: 50, r: outer }))
  svg.append(star(corners, 2 + roll(Math.max(1, Math.floor(corners / 2) - 1)), outer, turn))
  svg.append(star(3 + roll(4), 1, outer * (0.3 + roll(30) / 100), -turn))
  const marks = 12 + roll(24)
  const ticks = Array.from({ length: marks }, (_, index) => {
    const angle = (2 * Math.PI * index) / marks
    return `M${point(angle, outer + 4)}L${point(angle, outer + 5.5 + roll(4))}`
  })
  svg.append(shape('path', { d: ticks.join('') }), shape('circle', { cx: 95, cy: 50, r: 2 + roll(4) }))
  return svg
}
