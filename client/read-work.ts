/** One work, verified to the last byte: facts from the chain, words from the manifest whose hash the chain holds. */
import { admissionsAbi } from '@grimoire/contracts/generated/admissions'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type WorkDetail, workDetail } from '@grimoire/schema/catalogue'
import type { Hex } from '@grimoire/schema/hex'
import { MANIFEST_MAX_BYTES, type Manifest, manifest } from '@grimoire/schema/manifest'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { askEdge, getBlob, nullWhenAway } from './edge.ts'
import { verifySummary } from './find-works.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { type LedgerWork, ledgerWork, versionHash } from './ledger-work.ts'
import type { Market } from './market.ts'
import { listedOperators } from './operator-read.ts'

export type ReadWork = LedgerWork & {
  version: number
  manifest: Manifest
  parents: { workId: string; shareBps: number; confirmed: boolean }[]
  admitted: readonly Hex[]
  /** Those of them that undertook to serve it. */
  accepted: readonly Hex[]
  /** The edge's figures, which the chain does not hold in one place; null when no edge told any. */
  trade: { floorPriceAtomic: string | null; lastPriceAtomic: string | null; sales: number } | null
}

/** The manifest of one version, from the edge, accepted only with the ledger's hash and the ledger's own facts in it. */
export async function readManifest(
  market: Market,
  { workId, version }: { workId: string; version?: number },
): Promise<Manifest> {
  const work = await ledgerWork(market, workId)
  const wanted = version ?? work.latestVersion
  const sha256 =
    wanted === work.latestVersion ? work.contentHash : await versionHash(market, { workId, version: wanted })
  const bytes = await getBlob(market, { sha256 }, 'manifest_hash_mismatch')
  return checkManifest(market, bytes, { work, version: wanted })
}

function manifestIn(bytes: Uint8Array): Manifest {
  if (bytes.length > MANIFEST_MAX_BYTES) {
    throw new Problem('manifest_invalid', {
      got: `${bytes.length} bytes`,
      expected: `at most ${MANIFEST_MAX_BYTES}`,
    })
  }
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Problem('manifest_invalid', { got: 'bytes that are no JSON', expected: 'a manifest', cause })
  }
  const parsed = manifest.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem('manifest_invalid', { got: `${issue?.path.join('.')}: ${issue?.message}` })
}

/** A creator can put any bytes under a hash: what they say must be about this version of this work on this ledger. */
function checkManifest(
  market: Market,
  bytes: Uint8Array,
  { work, version }: { work: LedgerWork; version: number },
): Manifest {
  const said = manifestIn(bytes)
  const { addresses } = market
  const expected = {
    chainId: addresses.chainId,
    works: addresses.works.toLowerCase(),
    workId: work.workId,
    version,
    creator: work.creator.toLowerCase(),
    kind: work.terms.kind,
    disclosure: work.terms.disclosure,
    gate: addresses.gate.toLowerCase(),
  }
  const { chainId, works, workId, creator, kind, disclosure, seal } = said
  const got = {
    chainId,
    works: works.toLowerCase(),
    workId,
    version: said.version,
    creator: creator.toLowerCase(),
    kind,
    disclosure,
    gate: seal.gate.toLowerCase(),
  }
  if (JSON.stringify(got) !== JSON.stringify(expected))
    throw new Problem('manifest_invalid', { got, expected })
  return said
}

/** Whom the chain says that a work admits, and who of them accepted. */
async function operatorsOf(market: Market, id: bigint) {
  const { publicClient, addresses } = market
  const admissions = { address: addresses.admissions, abi: admissionsAbi } as const
  const admitted = await listedOperators(market, { workId: String(id) })
  const acceptedAtSeconds = await Promise.all(
    admitted.map(operator =>
      publicClient.readContract({ ...admissions, functionName: 'acceptedAtSeconds', args: [id, operator] }),
    ),
  )
  return { admitted, accepted: admitted.filter((_, index) => acceptedAtSeconds[index] !== 0n) }
}

/** Parents and admitted operators as the chain has them, with what each parent's creator confirmed. */
async function relations(market: Market, workId: string) {
  const { publicClient, addresses } = market
  const works = { address: addresses.works, abi: worksAbi } as const
  const id = BigInt(workId)
  try {
    const [named, operators] = await Promise.all([
      publicClient.readContract({ ...works, functionName: 'parentsOf', args: [id] }),
      operatorsOf(market, id),
    ])
    const parents = await Promise.all(
      named.map(async parent => ({
        workId: String(parent.workId),
        shareBps: parent.shareBps,
        confirmed: await publicClient.readContract({
          ...works,
          functionName: 'isParentConfirmed',
          args: [id, parent.workId],
        }),
      })),
    )
    return { parents, ...operators }
  } catch (error) {
    throw ledgerProblem(error, 'reading parents and admitted operators')
  }
}

const shares = (parents: readonly { workId: string; shareBps: number }[]) =>
  parents.map(({ workId: id, shareBps }) => `${id}:${shareBps}`).join()

/** What the edge says beside what the chain says; one that does not know the work, or is away, says nothing. */
async function toldOf(market: Market, workId: string): Promise<WorkDetail | null> {
  const asked = { path: { workId }, schema: workDetail }
  const told = await askEdge(market, 'GET /v1/works/{workId}', asked).catch(error =>
    isProblem(error, 'work_unknown') ? null : nullWhenAway(error),
  )
  if (told && told.workId !== workId) throw new Problem('edge_lied', { got: told.workId, expected: workId })
  return told
}

/** Reads a work for someone who is about to buy it or chat with it. Without an edge, the chain and a mirror do. */
export async function readWork(
  market: Market,
  { workId, version }: { workId: string; version?: number },
): Promise<ReadWork> {
  const [told, known, facts, words] = await Promise.all([
    toldOf(market, workId),
    ledgerWork(market, workId),
    relations(market, workId),
    readManifest(market, { workId, ...(version === undefined ? {} : { version }) }),
  ])
  const read = { ...known, version: words.version, manifest: words, ...facts }
  if (told === null) return { ...read, trade: null }
  await verifySummary(market, told)
  if (shares(told.parents) !== shares(facts.parents)) {
    throw new Problem('edge_lied', { param: 'parents', got: told.parents, expected: facts.parents })
  }
  const { floorPriceAtomic, lastPriceAtomic, sales } = told
  return { ...read, trade: { floorPriceAtomic, lastPriceAtomic, sales } }
}
