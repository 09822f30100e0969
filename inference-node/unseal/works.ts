/** The works that are open now: fetched by hash, opened through the key network under a holder's grant, kept in memory. */
import type { Manifest } from '@grimoire/schema/manifest'
import { isProblem } from '@grimoire/schema/problem'
import { openWork } from '@grimoire/seal/bundle'
import { sessionAccess } from '@grimoire/seal/grant'
import type { KeyNetwork, SessionKey } from '@grimoire/seal/network'
import { type GivenGrant, versionKey } from '../admission/grants.ts'
import { HELD_FOR_A_BYTE } from '../knowledge/knowledge.ts'
import type { Log } from '../log.ts'
import { lastingCode, Refused } from './lasting.ts'
import { Manifests, type ManifestsOptions } from './manifests.ts'
import { type OpenedWork, readOpened } from './opened.ts'

type Version = { workId: string; version: number }

/** Longer than a block of most chains; a caller waits for it. */
const NEXT_BLOCK_MS = 15_000

const heldBytes = ({ role, plainSizeBytes }: Manifest['parts'][number]): number =>
  role === 'knowledge' ? plainSizeBytes * HELD_FOR_A_BYTE : plainSizeBytes

export type WorksOptions = ManifestsOptions & {
  network: KeyNetwork
  sessionKey: SessionKey
  log: Log
  /** Told of each work that was opened, and not waited for. */
  onOpened: (workId: string) => void
  /** What all opened works may hold in memory; the one that was idle longest makes room. */
  maxOpenBytes: number
}

export class Works {
  readonly #options: WorksOptions
  readonly #manifests: Manifests
  readonly #open = new Map<string, Promise<OpenedWork>>()
  readonly #refused = new Refused()

  /** What each open work holds, by last use, oldest first. */
  readonly #bytes = new Map<string, number>()

  constructor(options: WorksOptions) {
    this.#options = options
    this.#manifests = new Manifests(options)
  }

  get size(): number {
    return this.#open.size
  }
  isOpen = (work: Version): boolean => this.#open.has(versionKey(work))

  /** The public manifest of a version; a Problem for a work that this node may not or cannot serve. */
  manifest = (work: Version): Promise<Manifest> => this.#manifests.of(work)

  /** Opens a version under a grant, or returns it when it is open; callers who come together share one opening. */
  async open(grant: GivenGrant): Promise<OpenedWork> {
    const key = versionKey(grant)
    const opening = this.#open.get(key) ?? this.#openNow(grant, key)
    this.#open.set(key, opening)
    try {
      const opened = await opening
      this.#touch(key)
      return opened
    } catch (error) {
      this.noteRefused(grant, error)
      if (this.#open.get(key) === opening) {
        this.#open.delete(key)
        this.#bytes.delete(key)
      }
      throw error
    }
  }

  async #openNow(grant: GivenGrant, key: string): Promise<OpenedWork> {
    const { network, fetchBlob, sessionKey, bases, log } = this.#options
    const startedAt = performance.now()
    const manifest = await this.manifest(grant)
    await this.#makeRoom(key, manifest)
    const access = sessionAccess(grant.authSig, sessionKey)
    // No more of a part is ever read than its manifest declares.
    const sizes = new Map(manifest.parts.map(part => [part.sha256, part.sizeBytes]))
    const fetchPart = (sha256: string) => fetchBlob(sha256, sizes.get(sha256) ?? 0)
    const open = () => openWork(manifest, fetchPart, network, access)
    const parts = await open().catch(async (error: unknown) => {
      if (!isProblem(error, 'network_refused') && !isProblem(error, 'not_confirmed')) throw error
      // Key nodes also look a block back; whoever bought in the latest block is let in with the next one.
      await this.#nextBlock()
      return open()
    })
    const opened = await readOpened(manifest, parts)
    for (const { bytes } of parts) if (bytes !== opened.adapter) bytes.fill(0) // Read into texts by now.
    try {
      bases.admit(key, manifest.base, opened)
    } catch (error) {
      opened.knowledge?.wipe()
      throw error
    }
    const milliseconds = Math.round(performance.now() - startedAt)
    log({ event: 'work_opened', workId: grant.workId, version: grant.version, milliseconds })
    this.#options.onOpened(grant.workId)
    this.#refused.forget(key)
    return opened
  }

  /** Also what comes to light only when the engine takes it. */
  noteRefused = (work: Version, error: unknown): void => this.#refused.note(versionKey(work), error)

  /** Why no turn of a work can be answered here: its newest version is refused for what it is, and no older one is open. */
  whyNever = async (workId: string): Promise<string | null> => {
    if ([...this.#open.keys()].some(key => key.startsWith(`${workId}@`))) return null
    const { latestVersion: version } = await this.#options.ledger.work(workId)
    const newest = { workId, version }
    const refused = await this.manifest(newest).then(() => null, lastingCode)
    return refused ?? this.#refused.codeOf(versionKey(newest))
  }

  #touch(key: string): void {
    const bytes = this.#bytes.get(key)
    if (bytes === undefined || !this.#bytes.delete(key)) return
    this.#bytes.set(key, bytes)
  }

  /** Before anything is fetched: works that were idle longest are closed, and opened again when they are asked for. */
  async #makeRoom(key: string, { parts }: Manifest): Promise<void> {
    const bytes = parts.reduce((sum, part) => sum + heldBytes(part), 0)
    this.#bytes.set(key, bytes)
    const held = () => [...this.#bytes.values()].reduce((sum, each) => sum + each, 0)
    while (held() > this.#options.maxOpenBytes) {
      const oldest = [...this.#bytes.keys()].find(other => other !== key)
      if (oldest === undefined) return
      await this.#close(oldest, this.#open.get(oldest))
    }
  }

  async #close(key: string, opening: Promise<OpenedWork> | undefined): Promise<void> {
    this.#bytes.delete(key)
    const opened = await opening?.catch(() => undefined)
    const now = this.#open.get(key)
    if (now !== undefined && now !== opening) return // It failed, and was opened anew meanwhile.
    opened?.knowledge?.wipe()
    this.#open.delete(key)
    this.#bytes.delete(key)
    await this.#options.bases.forget(key)
    this.#options.log({ event: 'work_closed', reason: key })
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
    // What is opened while others are closed has a grant that `standing` may not know of.
    for (const [key, opening] of [...this.#open]) {
      if (standing.has(key) || this.#open.get(key) !== opening) continue
      await this.#close(key, opening)
    }
  }
}
