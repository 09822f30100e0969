/** Elements from plain values. A stranger's words only ever become text nodes; nothing here parses markup. */

/** Controls that reorder or hide text: a title must not make the words around it read otherwise.
 * Line breaks stay, and the joiner that emoji are made with. */
const SPOOFING = /(?![\n\t\u200d])[\p{Cc}\p{Cf}]/gu

export const plain = text => String(text).replace(SPOOFING, '')

/** `el('p', { class: 'x' }, 'text', child)`: attributes that are null are left out, so are children. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(key, value)
    else if (value !== null && value !== undefined) element.setAttribute(key, value)
  }
  for (const child of children.flat()) {
    if (child === null || child === undefined) continue
    element.append(child instanceof Node ? child : plain(child))
  }
  return element
}

/** A stranger's words, kept from changing the direction of the line that they stand in. */
export const words = text => el('bdi', {}, text)

/** 1500000 is 1.50: whole atomic units of a token with six decimals, never through a float. */
export function money(atomic) {
  const digits = String(atomic).padStart(7, '0')
  const whole = digits.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ',')
  return `$${whole}.${digits.slice(-6).replace(/0+$/, '').padEnd(2, '0')}`
}

export const percent = bps => `${(bps / 100).toFixed(2).replace(/\.?0+$/, '')}%`
export const short = hex => `${hex.slice(0, 6)}…${hex.slice(-4)}`
export const hash = text => el('span', { class: 'hash', title: text }, short(text))
export const number = value => new Intl.NumberFormat('en').format(value)

export function bytes(size) {
  const units = ['B', 'kB', 'MB', 'GB']
  let value = size
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit ? value.toFixed(1) : value} ${units[unit]}`
}

export const date = seconds =>
  el(
    'time',
    { datetime: new Date(seconds * 1000).toISOString() },
    new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' }).format(seconds * 1000),
  )

/** Waiting, empty and failed are one box with a heading, a sentence and, where something can be done, a button. */
export const state = (title, sentence, action) =>
  el(
    'div',
    { class: 'state' },
    el('h2', {}, title),
    el('p', {}, sentence),
    action ? el('button', { click: action.run, type: 'button' }, action.label) : null,
  )

export const table = (caption, heads, rows) =>
  el(
    'div',
    { class: 'table', tabindex: '0', role: 'region', 'aria-label': caption },
    el(
      'table',
      {},
      el('caption', { class: 'unseen' }, caption),
      el('thead', {}, el('tr', {}, ...heads.map(head => el('th', { scope: 'col' }, head)))),
      el(
        'tbody',
        {},
        // On a narrow screen a row becomes a small list, and each cell says its own heading.
        ...rows.map(cells =>
          el('tr', {}, ...cells.map((cell, column) => el('td', { 'data-head': heads[column] }, cell))),
        ),
      ),
    ),
  )

export const facts = pairs =>
  el('dl', {}, ...pairs.filter(Boolean).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]))
