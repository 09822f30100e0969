/** The works that are open now: fetched by hash, opened through the key network under a holder's grant, kept in memory. */
import { MANIFEST_MAX_BYTES, type Manifest } from '@grimoire/schema/manifest'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { openWork, readManifest } from '@grimoire/seal/bundle'
import { sessionAccess } from '@grimoire/seal/grant'
import type { KeyNetwork, SessionKey } from '@grimoire/seal/network'
import type { FetchBlob } from '@grimoire/seal/parts'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import type { Ledger } from '../admission/ledger.ts'
import type { Engine } from '../engine/engine.ts'
import type { Log } from '../log.ts'
import { type OpenedWork, readOpened } from './opened.ts'

/** Longer than a block of most chains; a caller waits for it. */
const NEXT_BLOCK_MS = 15_000

export type WorksOptions = {
  ledger: Ledger
  engine: Engine
  network: KeyNetwork
  fetchBlob: FetchBlob
  sessionKey: SessionKey
  baseModelSha256: string
  log: Log
}

export class Works {
  readonly #options: WorksOptions
  readonly #manifests = new Map<string, Manifest>()
  readonly #open = new Map<string, Promise<OpenedWork>>()

  constructor(options: WorksOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }
  isOpen = (work: { workId: string; version: number }): boolean => this.#open.has(versionKey(work))

  /** The public manifest of a version, checked against the hash on the chain and against this node's base model. */
  async manifest(work: { workId: string; version: number }): Promise<Manifest> {
    const key = versionKey(work)
    const known = this.#manifests.get(key)
    if (known) return known
    const hash = await this.#options.ledger.contentHash(work.workId, work.version)
    const bytes = await this.#options.fetchBlob(hash)
    if (!bytes || bytes.length > MANIFEST_MAX_BYTES)
      throw new Problem('part_missing', { got: `manifest ${hash}` })
    const manifest = readManifest(bytes, hash)
    this.#requireThis(manifest, work)
    this.#manifests.set(key, manifest)
    return manifest
  }

  #requireThis(manifest: Manifest, work: { workId: string; version: number }): void {
    const { ledger, baseModelSha256 } = this.#options
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
    if (manifest.base.sha256 !== baseModelSha256) {
      throw new Problem('base_mismatch', {
        got: `${manifest.base.name} ${manifest.base.sha256}`,
        expected: baseModelSha256,
      })
    }
  }

  /** Opens a version under a grant, or returns it when it is open; callers who come together share one opening. */
  async open(grant: GivenGrant): Promise<OpenedWork> {
    const key = versionKey(grant)
    const opening = this.#open.get(key) ?? this.#openNow(grant, key)
    this.#open.set(key, opening)
    try {
      return await opening
    } catch (error) {
      if (this.#open.get(key) === opening) this.#open.delete(key)
      throw error
    }
  }

  async #openNow(grant: GivenGrant, key: string): Promise<OpenedWork> {
    const { network, fetchBlob, sessionKey, engine, log } = this.#options
    const startedAt = performance.now()
    const manifest = await this.manifest(grant)
    const access = sessionAccess(grant.authSig, sessionKey)
    const open = () => openWork(manifest, fetchBlob, network, access)
    const parts = await open().catch(async (error: unknown) => {
      if (!isProblem(error, 'network_refused')) throw error
      // Key nodes also look a block back; whoever bought in the latest block is let in with the next one.
      await this.#nextBlock()
      return open()
    })
    const opened = readOpened(manifest, parts)
    engine.admit(key, opened.adapter)
    const milliseconds = Math.round(performance.now() - startedAt)
    log({ event: 'work_opened', workId: grant.workId, version: grant.version, milliseconds })
    return opened
  }

  async #nextBlock(): Promise<void> {
    const { ledger } = this.#options
    const wanted = (await ledger.blockNumber()) + 1n
    const deadline = Date.now() + NEXT_BLOCK_MS
    while (Date.now() < deadline && (await ledger.blockNumber()) < wanted) {
      await new Promise(resolve => setTimeout(resolve, 250))
    }
  }

  /** Closes every version for which no grant stands any more: its text and its adapter leave the memory. */
  async keepOnly(standing: ReadonlySet<string>): Promise<void> {
    for (const [key, opening] of this.#open) {
      if (standing.has(key)) continue
      await opening.catch(() => undefined)
      this.#open.delete(key)
      await this.#options.engine.forget(key)
      this.#options.log({ event: 'work_closed', reason: key })
    }
  }
}
