/** The public manifests of the works that this node may serve, each fetched once and held against the ledger and the base. */
import { isKnowledge, requireKnowledge } from '@grimoire/schema/knowledge'
import { MANIFEST_MAX_BYTES, type Manifest } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { readManifest } from '@grimoire/seal/bundle'
import { versionKey } from '../admission/grants.ts'
import type { Ledger } from '../admission/ledger.ts'
import type { Bases } from '../engine/bases.ts'
import type { FetchWithin } from './blobs.ts'

export type ManifestsOptions = {
  ledger: Ledger
  fetchBlob: FetchWithin
  /** The base models of this node. */
  bases: Bases
  /** All parts of a work together, as they are fetched and opened in memory. */
  maxWorkBytes: number
}

type Work = { workId: string; version: number }

/** Anyone may ask for any work: what cannot be had is not looked for again at once. */
const REFUSED_FOR_MS = 3_000
const MAX_KEPT = 512

export class Manifests {
  readonly #options: ManifestsOptions
  readonly #kept = new Map<string, Promise<Manifest>>()

  constructor(options: ManifestsOptions) {
    this.#options = options
  }

  /** Checked against the hash on the chain and against this node's base models; nothing is fetched of a work that this node may not serve. */
  async of(work: Work): Promise<Manifest> {
    const { ledger } = this.#options
    const key = versionKey(work)
    const known = this.#kept.get(key)
    if (known) return known
    await ledger.requireServing(work.workId)
    const hash = await ledger.contentHash(work.workId, work.version)
    const fetching = this.#kept.get(key) ?? this.#fetch(work, hash)
    this.#keep(key, fetching)
    return fetching
  }

  #keep(key: string, fetching: Promise<Manifest>): void {
    this.#kept.set(key, fetching)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest)
    fetching.catch(() => {
      const forget = () => this.#kept.get(key) === fetching && this.#kept.delete(key)
      setTimeout(forget, REFUSED_FOR_MS).unref()
    })
  }

  async #fetch(work: Work, hash: string): Promise<Manifest> {
    const bytes = await this.#options.fetchBlob(hash, MANIFEST_MAX_BYTES)
    if (!bytes) throw new Problem('part_missing', { got: `manifest ${hash}` })
    const manifest = readManifest(bytes, hash)
    this.#requireThis(manifest, work)
    this.#requireRoom(manifest)
    return manifest
  }

  #requireThis(manifest: Manifest, work: Work): void {
    const { ledger, bases } = this.#options
    const { chainId, works, gate } = ledger.options.addresses
    const got = [
      manifest.chainId,
      manifest.works,
      manifest.workId,
      manifest.version,
      manifest.seal.gate,
    ].join(' ')
    const expected = [chainId, works, work.workId, work.version, gate].join(' ')
    if (got.toLowerCase() !== expected.toLowerCase()) throw new Problem('manifest_invalid', { got, expected })
    bases.require(manifest.base)
  }

  #requireRoom({ parts }: Manifest): void {
    const { maxWorkBytes } = this.#options
    const files = parts.filter(isKnowledge)
    requireKnowledge(
      files.map(({ plainSizeBytes }) => plainSizeBytes),
      'manifest_invalid',
    )
    const bytes = parts.reduce((sum, part) => sum + Math.max(part.sizeBytes, part.plainSizeBytes), 0)
    if (bytes <= maxWorkBytes) return
    const expected = `at most ${maxWorkBytes} bytes on this node`
    throw new Problem('manifest_invalid', { param: 'parts', got: `${bytes} bytes`, expected })
  }
}
