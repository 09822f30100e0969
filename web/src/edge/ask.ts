/** The page's questions to its edge. Its answers are its own words: what is paid is checked on the chain. */
import { type Endpoint, request } from '@grimoire/client/transport'
import { Problem } from '@grimoire/schema/problem'
import { readPlace } from './place.ts'

const endpoint = async (): Promise<Endpoint> => ({
  fetch: (input, init) => fetch(input, init),
  url: (await readPlace()).edgeUrl,
  timeoutMs: 15_000,
  unreachable: 'edge_unreachable',
})

export type Question<T> = {
  /** Makes of any JSON what is expected, or throws what is wrong with it. */
  read: (body: unknown) => T
  /** Parameters that are not set are left out. */
  query?: Record<string, string | number | undefined>
  signal?: AbortSignal
}

export async function ask<T>(path: string, { read, query = {}, signal }: Question<T>): Promise<T> {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
  const edge = await endpoint()
  const response = await request(edge, text ? `${path}?${text}` : path, signal ? { signal } : {})
  // What is no JSON has not the shape either.
  const body: unknown = await response.json().catch(() => undefined)
  try {
    return read(body)
  } catch (cause) {
    throw new Problem('edge_unreachable', {
      got: `${path}: ${cause instanceof Error ? cause.message.slice(0, 200) : 'another shape'}`,
      expected: 'the shape that the schema states',
      cause,
    })
  }
}
