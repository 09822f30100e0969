/** What somebody is busy with in a transcript: it stands there wherever they scroll, since with it would go what they began. */

type Items = ReadonlyMap<Element, number>

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, place) => from + place)

/** All of a selection, so that a copy of it is whole; of one that begins or ends elsewhere, the end that lies here. */
function selected(placeOf: (node: Node | null) => number | undefined): number[] {
  const { anchorNode, focusNode } = document.getSelection() ?? {}
  const [from, to] = [placeOf(anchorNode ?? null), placeOf(focusNode ?? null)]
  if (from !== undefined && to !== undefined) return range(Math.min(from, to), Math.max(from, to))
  return [from ?? to].filter(place => place !== undefined)
}

/** The places of those with the focus, an open receipt or a part of the selection in them, in order. */
export function heldOf(list: Element, items: Items): number[] {
  const placeOf = (node: Node | null): number | undefined => {
    const item = (node instanceof Element ? node : node?.parentElement)?.closest('li[aria-posinset]')
    return item ? items.get(item) : undefined
  }
  const open = [...list.querySelectorAll('details[open]')].map(placeOf)
  const held = [placeOf(document.activeElement), ...open, ...selected(placeOf)]
  return [...new Set(held.filter(place => place !== undefined))].sort((a, b) => a - b)
}
