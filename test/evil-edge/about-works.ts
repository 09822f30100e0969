/** Lies about works: their facts, their words, and the sealed files under their hashes. */
import assert from 'node:assert/strict'
import { findWorks } from '@grimoire/client/find-works'
import { modelOf } from '@grimoire/client/market'
import { readOpened } from '@grimoire/client/open-copy'
import { readManifest, readWork } from '@grimoire/client/read-work'
import type { WorkDetail, WorkSummary } from '@grimoire/schema/catalogue'
import type { Ground } from './ground.ts'
import { caught, gives, harmless, type Lie, named, read, says } from './lie.ts'

type Shelf = { works: WorkSummary[]; nextCursor: string | null }
type Change = (work: WorkSummary) => Partial<WorkSummary>

const NOWHERE = '0x00000000000000000000000000000000000000ee'

/** Of every work in a list. */
const everyWork = (change: Change) =>
  says<Shelf>('/v1/works', page => ({
    ...page,
    works: page.works.map(work => ({ ...work, ...change(work) })),
  }))
const terms = (change: Partial<WorkSummary['terms']>) =>
  everyWork(work => ({ terms: { ...work.terms, ...change } }))
const detail = (workId: string, change: (work: WorkDetail) => WorkDetail) =>
  says<WorkDetail>(`/v1/works/${workId}`, change)

const flipped = (bytes: Uint8Array<ArrayBuffer>) => {
  const copy = bytes.slice()
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1
  return copy
}

/** What `findWorks` refuses: facts that the ledger holds. */
const facts: [string, ReturnType<typeof everyWork>][] = [
  ['another creator', everyWork(() => ({ creator: NOWHERE }))],
  ['a lower price', terms({ priceAtomic: '1' })],
  ['other royalty terms', terms({ resaleRoyaltyBps: 0, usageRoyaltyBps: 0 })],
  ['dearer ceilings for a turn', terms({ maxTurnFeeAtomic: '900000' })],
  ['a smaller edition cap', terms({ editionCap: 3 })],
  ['another kind', terms({ kind: 'chatbot' })],
  ['an openable work as sealed', terms({ disclosure: 'sealed' })],
  ['more editions minted than were', everyWork(({ minted }) => ({ minted: minted + 7 }))],
  ['a version that is not there', everyWork(({ latestVersion }) => ({ latestVersion: latestVersion + 1 }))],
  ['another manifest’s hash', everyWork(() => ({ contentHash: 'ab'.repeat(32) }))],
  ['a work that the ledger has not', everyWork(() => ({ workId: '7' }))],
]

const shelves = ({ works, world, stranger }: Ground, shelf: Shelf): Lie[] => {
  const { workId } = works.tower
  const towerOf = (found: { works: WorkSummary[] }) => found.works.find(work => work.workId === workId)
  return [
    ...facts.map(([what, tells]) =>
      caught(`${what}, in a list`, tells, market => findWorks(market), 'edge_lied'),
    ),
    caught(
      'works that were not asked for',
      says<Shelf>('/v1/works', () => shelf),
      market => findWorks(market, { creator: stranger.account.address }),
      'edge_lied',
    ),
    harmless({
      name: 'nothing minted yet',
      tells: everyWork(() => ({ minted: 0 })),
      does: market => findWorks(market),
      check: found => assert.equal(towerOf(found)?.minted, 3),
    }),
    harmless({
      name: 'a model name of another ledger',
      tells: everyWork(() => ({ model: `grimoire:1:${NOWHERE}:7` })),
      does: market => findWorks(market),
      check: found => assert.equal(towerOf(found)?.model, modelOf(world, workId)),
    }),
    named({
      name: 'a title that is not the work’s, in a list',
      tells: everyWork(() => ({ title: 'Free money', tags: ['free'] })),
      does: market => findWorks(market),
      check: found => assert.equal(towerOf(found)?.title, 'Free money'),
      line: 'titles, summaries and tags in a list',
    }),
    named({
      name: 'a floor, sales and earnings that nobody made',
      tells: everyWork(() => ({ floorPriceAtomic: '1', sales: 999, collectedAtomic: '999' })),
      does: market => findWorks(market),
      check: found => assert.equal(towerOf(found)?.sales, 999),
      line: 'sums and counts of an edge',
    }),
    named({
      name: 'a work left out of the list',
      tells: says<Shelf>('/v1/works', page => ({
        ...page,
        works: page.works.filter(work => work.workId !== workId),
      })),
      does: market => findWorks(market),
      check: found => assert.equal(towerOf(found), undefined),
      line: 'something is left out',
    }),
  ]
}

const details = ({ works, rogue }: Ground): Lie[] => {
  const { tower, child, first, other } = works
  const { workId } = tower
  return [
    caught(
      'another parent',
      detail(child.workId, work => ({
        ...work,
        parents: [{ workId: other.workId, shareBps: 1_000, confirmed: true }],
      })),
      market => readWork(market, { workId: child.workId }),
      'edge_lied',
    ),
    caught(
      'another work in its place',
      detail(workId, work => ({ ...work, workId: other.workId })),
      market => readWork(market, { workId }),
      'edge_lied',
    ),
    harmless({
      name: 'a parent’s consent that was not given, and a title',
      tells: detail(child.workId, work => ({
        ...work,
        title: 'Free money',
        parents: work.parents.map(parent => ({ ...parent, confirmed: true })),
      })),
      does: market => readWork(market, { workId: child.workId }),
      check: work =>
        assert.deepEqual([work.manifest.title, work.parents[0]?.confirmed], ['The stair', false]),
    }),
    harmless({
      name: 'a foreign operator among those admitted',
      tells: detail(workId, work => ({ ...work, admitted: [rogue.operator], accepted: [rogue.operator] })),
      does: market => readWork(market, { workId }),
      check: work => assert.ok(![...work.admitted, ...work.accepted].includes(rogue.operator)),
    }),
    harmless({
      name: 'an old version as the latest, with its own manifest',
      tells: detail(workId, work => ({
        ...work,
        latestVersion: 1,
        contentHash: first.contentHash,
        manifest: first.manifest,
      })),
      does: market => readWork(market, { workId }),
      check: work => assert.deepEqual([work.version, work.manifest.title], [2, 'The tower, mended']),
    }),
    harmless({
      name: 'that the work does not exist',
      tells: passing =>
        passing.path === `/v1/works/${workId}`
          ? { ...passing, status: 404, body: new TextEncoder().encode('{"code":"work_unknown"}') }
          : passing,
      does: market => readWork(market, { workId }),
      check: work => assert.deepEqual([work.manifest.title, work.trade], ['The tower, mended', null]),
    }),
    named({
      name: 'other words for wallets and previews',
      tells: says<{ name: string }>(`/v1/metadata/${workId}`, body => ({ ...body, name: 'Free money' })),
      does: market => read<{ name: string }>(market, `/v1/metadata/${workId}`),
      check: ({ name }) => assert.equal(name, 'Free money'),
      line: 'what other programs read of an edge',
    }),
  ]
}

const files = ({
  works,
  creator,
  otherBytes,
}: Ground & { otherBytes: Record<'manifest' | 'part' | 'old', Uint8Array<ArrayBuffer>> }): Lie[] => {
  const { workId, contentHash, manifest } = works.tower
  const part = manifest.parts[0]?.sha256 ?? ''
  const manifests: [string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>][] = [
    ['another work’s manifest', () => otherBytes.manifest],
    ['the manifest of an older version', () => otherBytes.old],
    ['a manifest with one bit changed', flipped],
    ['a manifest cut short', bytes => bytes.slice(0, -1)],
  ]
  const parts: typeof manifests = [
    ['another work’s sealed part', () => otherBytes.part],
    ['a sealed part with one bit changed', flipped],
    ['a sealed part cut short', bytes => bytes.slice(0, -1)],
  ]
  return [
    ...manifests.map(([what, bytes]) =>
      caught(
        what,
        gives(contentHash, bytes),
        market => readManifest(market, { workId }),
        'manifest_hash_mismatch',
      ),
    ),
    ...parts.map(([what, bytes]) =>
      caught(
        what,
        gives(part, bytes),
        market => readOpened(market, { wallet: creator, workId }),
        'part_hash_mismatch',
      ),
    ),
  ]
}

export async function liesAboutWorks(ground: Ground): Promise<Lie[]> {
  const { works, world } = ground
  const bytesOf = async (name = '') =>
    new Uint8Array(await (await fetch(`${world.edge.url}/v1/blobs/${name}`)).arrayBuffer())
  const otherBytes = {
    manifest: await bytesOf(works.other.contentHash),
    old: await bytesOf(works.first.contentHash),
    part: await bytesOf(works.other.manifest.parts[0]?.sha256),
  }
  const shelf = await read<Shelf>(world.market, '/v1/works')
  return [...shelves(ground, shelf), ...details(ground), ...files({ ...ground, otherBytes })]
}
