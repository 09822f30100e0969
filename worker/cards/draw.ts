/** Draws a share card: the work's cover as the page binds it, and beside it title, creator and price. */
import { CARD_HEIGHT, CARD_WIDTH, type CardOrder } from '@grimoire/schema/card-order'
import { type CoverShapes, coverOf, SIGIL_PLACE } from '@grimoire/schema/cover'
import { markup, raw } from '@grimoire/schema/markup'
import { Resvg } from '@resvg/resvg-wasm'
import { linesOf, runsOf, settable, withoutPictures } from './text.ts'

const INK = '#1c1a22'
const FADED = '#5d5a66'
const RUBRIC = '#b3201b'
const LONGEST_TITLE = 120
const WIDEST_UNITS = 36
const MOST_LINES = 4

type Place = { x: number; y: number; size: number; anchor: 'start' | 'middle'; fill: string }

/** Lines one below the other, each piece in the typeface that has its letters. */
function block(lines: string[], { x, y, size, anchor, fill }: Place): string {
  return lines
    .map((line, index) => {
      const spans = runsOf(line).map(
        ({ family, text }) => markup`<tspan font-family="${family}">${text}</tspan>`,
      )
      const top = (y + index * size * 1.12).toFixed(1)
      return markup`<text x="${x}" y="${top}" font-size="${size.toFixed(1)}" text-anchor="${anchor}" fill="${fill}">${raw(spans.join(''))}</text>`
    })
    .join('')
}

const sheet = (body: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="${CARD_WIDTH}" height="${CARD_HEIGHT}" viewBox="0 0 ${CARD_WIDTH} ${CARD_HEIGHT}">${body}</svg>`

const font = (fontBuffers: Uint8Array[]) => ({
  font: { fontBuffers, defaultFontFamily: 'EB Garamond', loadSystemFonts: false },
})

/** How wide the lines really are, by the shaping that will draw them. */
function widthOf(lines: string[], size: number, fonts: Uint8Array[]): number {
  const svg = sheet(block(lines, { x: 0, y: size, size, anchor: 'start', fill: INK }))
  const measured = new Resvg(svg, font(fonts))
  try {
    return measured.getBBox()?.width ?? 0
  } finally {
    measured.free()
  }
}

/** The title as it will be drawn. A line that has no width would be left out: it is set without its pictures then. */
function titleOf({ title, kind }: CardOrder, fonts: Uint8Array[]): string {
  const whole = settable(title ?? '', LONGEST_TITLE)
  const lines = linesOf(whole, WIDEST_UNITS, MOST_LINES)
  const drawn = lines.every(line => widthOf([line], 40, fonts) > 0)
  return (drawn ? whole : withoutPictures(whole)) || `A ${kind}`
}

/** The largest size, up to `size`, at which the widest line fits. */
function fitted(lines: string[], size: number, widest: number, fonts: Uint8Array[]): number {
  const width = widthOf(lines, size, fonts)
  return width > widest ? (size * widest) / width : size
}

function cover({ cloth, foil, border, sigil }: CoverShapes, title: string, fonts: Uint8Array[]): string {
  const lines = linesOf(title, title.length > 44 ? 36 : title.length > 22 ? 30 : 24, 4)
  const size = fitted(lines, title.length > 44 ? 23 : title.length > 22 ? 28 : 35, 216, fonts)
  const y = 101 - (lines.length * size * 1.12) / 2 + size * 0.82
  const paths = sigil.map(d => markup`<path d="${d}"/>`).join('')
  return markup`<g transform="translate(64 55) scale(1.238)">
    <rect x="3" y="6" width="300" height="420" fill="#1c1a22" opacity="0.18"/>
    <rect width="300" height="420" fill="${cloth}"/>
    <path d="M0 0H11V420H0Z" fill="#000" opacity="0.28"/>
    <path d="M11.5 0V420" stroke="#fff" stroke-width="1" opacity="0.16"/>
    <g fill="none" stroke="${foil}" stroke-width="1.3" stroke-linejoin="round">
      <path d="${border}" opacity="0.75"/>
      <g transform="${SIGIL_PLACE}" stroke-width="1.15">${raw(paths)}</g>
    </g>${raw(block(lines, { x: 154, y, size, anchor: 'middle', fill: foil }))}</g>`
}

const label = (x: number, y: number, size: number, fill: string, text: string, rest = '') =>
  markup`<text x="${x}" y="${y}" font-family="Alegreya Sans" font-size="${size}" fill="${fill}"${raw(rest)}>${text}</text>`

export function drawCard(order: CardOrder, fonts: Uint8Array[]): Uint8Array {
  const title = titleOf(order, fonts)
  const lines = linesOf(title, WIDEST_UNITS, MOST_LINES)
  const size = fitted(lines, lines.length > 3 ? 54 : lines.length > 2 ? 66 : 80, 620, fonts)
  const top = 150 + size * 0.78
  const body = [
    `<rect width="${CARD_WIDTH}" height="${CARD_HEIGHT}" fill="#f7f7f4"/>`,
    cover(coverOf(order.workId, order.kind), title, fonts),
    label(500, 104, 30, RUBRIC, `A ${order.kind}`),
    block(lines, { x: 500, y: top, size, anchor: 'start', fill: INK }),
    label(500, top + (lines.length - 1) * size * 1.12 + 58, 30, FADED, `by ${order.creator}`),
    markup`<text x="500" y="542" font-family="EB Garamond" font-size="64" fill="${INK}">${order.price}</text>`,
    label(500, 580, 26, FADED, order.note),
    markup`<text x="1136" y="580" font-family="EB Garamond" font-size="34" fill="${RUBRIC}" text-anchor="end">Grimoire</text>`,
  ].join('')
  const card = new Resvg(sheet(body), font(fonts))
  try {
    const picture = card.render()
    const png = picture.asPng()
    picture.free()
    return png
  } finally {
    card.free()
  }
}
