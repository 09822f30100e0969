/** Who answers for a work now: each admitted operator asked for its quote, each quote checked, kept until the first ends. */
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { asProblem, type Problem } from '@grimoire/schema/problem'
import { findOperators } from '../find-operators.ts'
import { type CheckedQuote, readQuote } from '../read-quote.ts'
import { pause } from '../transport.ts'
import type { GatewayContext } from './context.ts'
import { keptGrants } from './grants.ts'

const QUOTE_TIMEOUT_MS = 4_000
/** How long the others may take once one has answered. */
const GRACE_MS = 400
const KEPT_MS = 60_000
/** A quote that ends within this is not worth beginning a turn on. */
const MARGIN_MS = 5_000
/** So many are asked for a quote, those that the edge advises first. */
const MAX_ASKED = 16

export type WorkChoice = { workId: string; version?: number }
export type Refusal = { operator: Hex; problem: Problem }
type Quoted = { quotes: CheckedQuote[]; refusals: Refusal[]; untilMs: number }
type Party = { operator: Hex; endpoint: string }

/** The edge knows whom to ask. When it is away, those who were given a grant before are asked. */
async function partiesFor(context: GatewayContext, workId: string): Promise<Party[]> {
  try {
    return (await findOperators(context.market, { workId })).slice(0, MAX_ASKED)
  } catch (error) {
    const known = (await keptGrants(context)).filter(grant => grant.workId === workId)
    if (known.length === 0) throw error
    return known.map(({ operator, nodeUrl }) => ({ operator, endpoint: nodeUrl }))
  }
}

/** Waits for everyone, but not long for the slow ones once somebody has answered. */
async function gather<T>(asked: Promise<T>[]): Promise<void> {
  const all = Promise.allSettled(asked)
  const first = Promise.any(asked)
    .then(() => pause(GRACE_MS))
    // Nobody answered: each one's refusal is noted where it was asked.
    .catch(() => undefined)
  await Promise.race([all, first.then(() => undefined)])
}

async function ask(context: GatewayContext, choice: WorkChoice): Promise<Quoted> {
  const market = { ...context.market, timeoutMs: Math.min(context.market.timeoutMs, QUOTE_TIMEOUT_MS) }
  const parties = await partiesFor(context, choice.workId)
  const quotes: CheckedQuote[] = []
  const refusals: Refusal[] = []
  const asked = parties.map(async ({ operator, endpoint }) => {
    try {
      quotes.push(await readQuote(market, { ...choice, operator, nodeUrl: endpoint }))
    } catch (error) {
      refusals.push({ operator, problem: asProblem(error) })
      throw error
    }
  })
  await gather(asked)
  const place = ({ quote }: CheckedQuote) =>
    parties.findIndex(party => sameAddress(party.operator, quote.operator))
  // Not in the order in which they happened to answer: equals are asked as the edge advised.
  quotes.sort((a, b) => place(a) - place(b))
  const ends = quotes.map(({ quote }) => quote.expiresAtSeconds * 1000 - MARGIN_MS)
  return { quotes, refusals, untilMs: Math.min(Date.now() + KEPT_MS, ...ends) }
}

export type Directory = ReturnType<typeof openDirectory>

export function openDirectory(context: GatewayContext) {
  const known = new Map<string, Promise<Quoted>>()
  const keyOf = ({ workId, version }: WorkChoice) => `${workId}@${version ?? 'latest'}`
  const fresh = (choice: WorkChoice): Promise<Quoted> => {
    const key = keyOf(choice)
    const asked = ask(context, choice)
    known.set(key, asked)
    asked.catch(() => known.delete(key))
    return asked
  }
  return {
    /** Quotes that hold now. A work that nobody answered for is asked for again each time. */
    async quotesFor(choice: WorkChoice): Promise<Quoted> {
      const kept = await known.get(keyOf(choice))?.catch(() => null)
      if (kept && kept.quotes.length > 0 && kept.untilMs > Date.now()) return kept
      return fresh(choice)
    },
    /** After a refusal: what was known of this operator is out of date. */
    drop(operator: Hex): void {
      for (const [key, asked] of known) {
        void asked.then(
          ({ quotes }) => {
            if (quotes.some(({ quote }) => sameAddress(quote.operator, operator))) known.delete(key)
          },
          () => undefined,
        )
      }
    },
  }
}
