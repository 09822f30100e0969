/** What a lie is here: how an edge alters its answers, what the client does through it, and what must come of it. */
import type { Market } from '@grimoire/client/market'
import type { ProblemCode } from '@grimoire/schema/problem'
import type { Passing } from '../adversary/proxy.ts'
import { textOf, withText } from '../adversary/proxy.ts'

export type Tells = (passing: Passing) => Passing

export type Outcome =
  /** The client refuses, by this code. */
  | { caught: ProblemCode }
  /** The client goes on, with the chain's own figures: the check would see the lie in what it answers. */
  | { harmless: (result: unknown) => void }
  /** Nobody can catch it by looking at one edge and the chain: a line of docs/threats.md says why, and what helps. */
  | { named: string; shows: (result: unknown) => void }

export type Lie = {
  name: string
  tells: Tells
  /** What the client does through that edge. */
  does: (market: Market) => Promise<unknown>
  outcome: Outcome
}

type Told = Omit<Lie, 'outcome'>

export const caught = (name: string, tells: Tells, does: Lie['does'], code: ProblemCode): Lie => ({
  ...{ name, tells, does },
  outcome: { caught: code },
})

type Checked<T> = Omit<Told, 'does'> & { does: (market: Market) => Promise<T>; check: (result: T) => void }

/** The client's answer is the truth all the same. */
export const harmless = <T>({ name, tells, does, check }: Checked<T>): Lie => ({
  ...{ name, tells, does },
  outcome: { harmless: result => check(result as T) }, // Safety: of the very `does` beside it.
})

/** The client cannot know; `line` stands in docs/threats.md. */
export const named = <T>({ name, tells, does, check, line }: Checked<T> & { line: string }): Lie => ({
  ...{ name, tells, does },
  outcome: { named: line, shows: result => check(result as T) }, // Safety: of the very `does` beside it.
})

/** Alters the JSON of one route's answers; `Body` is what the honest edge says there. */
export const says =
  <Body>(path: string | RegExp, change: (body: Body) => Body): Tells =>
  passing => {
    const route = passing.path.split('?')[0] ?? ''
    const meant = typeof path === 'string' ? route === path : path.test(route)
    if (!meant || passing.status !== 200) return passing
    const body = JSON.parse(textOf(passing)) as Body // Safety: the real edge's answer, held to its schema by its own tests.
    return withText(passing, JSON.stringify(change(body)))
  }

/** Gives other bytes under a blob's name. */
export const gives =
  (sha256: string, bytes: (honest: Passing['body']) => Passing['body']): Tells =>
  passing =>
    passing.path === `/v1/blobs/${sha256}` ? { ...passing, body: bytes(passing.body) } : passing

/** What a program that believes the edge would read. */
export async function read<T>(market: Market, path: string, init?: RequestInit): Promise<T> {
  const answer = await fetch(`${market.edgeUrl}${path}`, init)
  return (await answer.json()) as T // Safety: compared by the lie that reads it.
}
