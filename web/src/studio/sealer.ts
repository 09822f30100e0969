/** The worker thread that seals: megabytes of cipher and copies beside the page and not in it. It asks the chain who keeps keys, and nobody else. */
import type { Market } from '@grimoire/client/market'
import { prepareVersion } from '@grimoire/client/publish-version'
import { type Prepared, prepareWork } from '@grimoire/client/publish-work'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { Terms } from '@grimoire/schema/work'
import { openMarket } from '../chain/open-market.ts'
import { answerInThread } from '../device/thread.ts'
import type { Draft, Mint } from './draft.ts'
import { keepFile, loadFile, MANIFEST } from './kept-drafts.ts'
import { loadKnowledge } from './knowledge-files.ts'
import { cardOf, partsOf, termsOf, wordsOf } from './readiness.ts'
import type { SealJob } from './sealing.ts'

async function loadAdapter({ id, adapter }: Draft): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!adapter) return undefined
  const bytes = await loadFile(id, 'adapter')
  if (bytes) return bytes
  throw new Problem('adapter_unfit', {
    got: 'nothing: this browser has dropped the file',
    expected: adapter.name,
  })
}

type Whole = { draft: Draft; terms: Terms; base: NonNullable<Draft['base']> }

async function prepare(market: Market, creator: Hex, whole: Whole): Promise<Prepared & { salt?: Hex }> {
  const { draft, terms, base } = whole
  const sealing = {
    ...{ wallet: { account: { address: creator } }, terms, words: { ...wordsOf(draft), base } },
    parts: partsOf(draft, await loadAdapter(draft)),
    knowledge: await loadKnowledge(draft),
  }
  const { published } = draft
  return published
    ? prepareVersion(market, { ...sealing, workId: published.workId })
    : prepareWork(market, sealing)
}

/** Keeps the sealed files beside the draft: nothing has left this device yet. */
async function seal({ draft, creator }: SealJob): Promise<Mint> {
  const terms = termsOf(draft)
  const { base } = draft
  if (!terms || !base) throw new Problem('terms_invalid', { got: 'a draft that is not whole' })
  const sealed = await prepare(await openMarket(), creator, { draft, terms, base })
  await keepFile(draft.id, MANIFEST, sealed.manifestBytes)
  // Safety: age hands out plain buffers.
  const files = [...sealed.blobs] as [string, Uint8Array<ArrayBuffer>][]
  for (const [name, bytes] of files) await keepFile(draft.id, name, bytes)
  return {
    creator,
    workId: sealed.workId,
    version: sealed.manifest.version,
    salt: sealed.salt ?? null,
    ...{ contentHash: sealed.contentHash, contentHashBytes32: sealed.contentHashBytes32 },
    blobs: files.map(([name, bytes]) => ({ name, sizeBytes: bytes.length })),
    terms,
    admitted: terms.admission === 'listed' ? draft.terms.admitted : [],
    recovery: sealed.recovery,
    card: cardOf(draft),
    knowledge: draft.knowledge,
    stage: 'sealed',
    transaction: null,
  }
}

answerInThread(seal)
