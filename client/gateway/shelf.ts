/** The works that the wallet holds, under the names by which an OpenAI client may ask for them. */
import type { Hex } from '@grimoire/schema/hex'
import { parseModelId } from '@grimoire/schema/model-id'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { findHoldings } from '../find-holdings.ts'
import { holds, ledgerWork } from '../ledger-work.ts'
import { modelOf } from '../market.ts'
import { readManifest } from '../read-work.ts'
import type { GatewayContext } from './context.ts'

type ShelfContext = Pick<GatewayContext, 'market' | 'wallet'>

const KEPT_MS = 30_000
/** A name that is not known may be of a work bought a moment ago: asked again, but not for every typing error. */
const ASKED_AGAIN_AFTER_MS = 2_000
const MOST_PAGES = 20

export type HeldWork = {
  workId: string
  /** Without a version: the latest. */
  model: string
  /** A short name of the title, unique among the works held. */
  alias: string
  title: string
  creator: Hex
  createdAtSeconds: number
  /** The base model that the latest version is for, once its manifest has been read. */
  base: { version: number; sha256: string } | null
}

const slug = (title: string): string =>
  title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)

/** Titles are their creators' to choose: where two are alike, each gets the beginning of its work's id. */
export function aliasesOf(works: readonly { workId: string; title: string }[]): string[] {
  const names = works.map(({ title }) => slug(title) || 'work')
  return names.map((name, index) =>
    names.filter(other => other === name).length === 1
      ? name
      : `${name}-${works[index]?.workId.slice(0, 8) ?? index}`,
  )
}

async function readTitle(context: ShelfContext, workId: string) {
  const { market } = context
  const work = await ledgerWork(market, workId)
  // An edge that has lost the manifest hides the title, and not the work.
  const manifest = await readManifest(market, { workId }).catch(() => null)
  return {
    workId,
    model: modelOf(market, workId),
    title: manifest?.title ?? `work ${workId.slice(0, 8)}…`,
    creator: work.creator,
    createdAtSeconds: work.createdAtSeconds,
    base: manifest && { version: manifest.version, sha256: manifest.base.sha256 },
  }
}

async function readShelf(context: ShelfContext): Promise<HeldWork[]> {
  const { market, wallet } = context
  const ids: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page++) {
    const found = await findHoldings(market, {
      holder: wallet.account.address,
      ...(cursor === undefined ? {} : { cursor }),
    })
    ids.push(...found.holdings.map(({ workId }) => workId))
    if (found.nextCursor === null) break
    cursor = found.nextCursor
  }
  const works = await Promise.all(ids.map(workId => readTitle(context, workId)))
  const aliases = aliasesOf(works)
  return works.map((work, index) => ({ ...work, alias: aliases[index] ?? work.workId }))
}

export type Shelf = ReturnType<typeof openShelf>

export function openShelf(context: ShelfContext) {
  let kept: { works: Promise<HeldWork[]>; atMs: number } | null = null
  const works = (olderThanMs = KEPT_MS): Promise<HeldWork[]> => {
    if (kept && Date.now() - kept.atMs < olderThanMs) return kept.works
    const asked = readShelf(context)
    const mine = { works: asked, atMs: Date.now() }
    kept = mine
    asked.catch(() => {
      if (kept === mine) kept = null
    })
    return asked
  }
  /** The chain decides, and needs no edge for it. */
  const byModelId = async (text: string): Promise<{ work: HeldWork; version?: number }> => {
    const { market, wallet } = context
    const { chainId, works: ledger, workId, version } = parseModelId(text)
    const ours = market.addresses
    if (chainId !== ours.chainId || ledger.toLowerCase() !== ours.works.toLowerCase()) {
      throw new Problem('chain_wrong', { param: 'model', got: text, expected: modelOf(market, workId) })
    }
    const held = (await kept?.works.catch(() => []))?.find(work => work.workId === workId)
    const rest = version === undefined ? {} : { version }
    if (held) return { work: held, ...rest }
    const isHeld = await holds(market, { workId, holder: wallet.account.address })
    if (!isHeld) throw new Problem('model_unknown', { param: 'model', got: text })
    const work = await readTitle(context, workId)
    return { work: { ...work, alias: aliasesOf([work])[0] ?? workId }, ...rest }
  }
  const byAlias = async (text: string): Promise<{ work: HeldWork }> => {
    for (const olderThanMs of [KEPT_MS, ASKED_AGAIN_AFTER_MS]) {
      const work = (await works(olderThanMs)).find(({ alias }) => alias === text.toLowerCase())
      if (work) return { work }
    }
    const names = (await works()).map(({ alias }) => alias)
    throw new Problem('model_unknown', { param: 'model', got: text, expected: names.join(', ') || 'a work' })
  }
  return {
    works,
    /** By model id or alias. `model_unknown` for anything else, as OpenAI's clients expect of a model that is not there. */
    find: (text: string): Promise<{ work: HeldWork; version?: number }> =>
      text.startsWith('grimoire:')
        ? byModelId(text).catch(error => {
            if (!isProblem(error, 'work_unknown') && !isProblem(error, 'model_id_invalid')) throw error
            throw new Problem('model_unknown', { param: 'model', got: text, cause: error })
          })
        : byAlias(text),
  }
}
