/** What is looked for, as it stands in the address: so that a search can be sent to someone, and the way back leads to it. */
import type { WorksQuery } from '@grimoire/schema/catalogue'

type Kind = NonNullable<WorksQuery['kind']>
type Sort = NonNullable<WorksQuery['sort']>

export type Search = { q?: string; kind?: Kind; sort?: Sort; creator?: string }

const KINDS: readonly Kind[] = ['chatbot', 'prompt']
const SORTS: readonly Sort[] = ['new', 'price', 'sales']

const oneOf = <T extends string>(values: readonly T[], value: unknown): T | undefined =>
  values.find(one => one === value)

/** An address is a stranger's text: what is not one of ours is left out, so that it cannot break the page. */
export function readSearch(raw: Record<string, unknown>): Search {
  const q = typeof raw.q === 'string' || typeof raw.q === 'number' ? String(raw.q).slice(0, 200) : ''
  const kind = oneOf(KINDS, raw.kind)
  const sort = oneOf(SORTS, raw.sort)
  const creator =
    typeof raw.creator === 'string' && /^0x[0-9a-fA-F]{40}$/.test(raw.creator) ? raw.creator : ''
  return {
    ...(q ? { q } : {}),
    ...(kind ? { kind } : {}),
    ...(sort ? { sort } : {}),
    ...(creator ? { creator } : {}),
  }
}
