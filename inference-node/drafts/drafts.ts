/** The drafts that are open now: bounded in number and bytes, in memory only, wiped when they end or are idle. */
import { createHash, randomBytes } from 'node:crypto'
import { type DraftContent, draftHash } from '@grimoire/schema/draft'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { sameSecret } from '../bearer.ts'
import type { EnginePort } from '../engine/port.ts'
import { enterSpare } from '../engine/spare.ts'
import { HolderMemory } from '../guard/memory.ts'
import type { Log } from '../log.ts'
import type { State } from '../state.ts'
import { type Behaviour, readBehaviour } from '../unseal/opened.ts'
import { Allowance, type DraftLimits } from './allowance.ts'
import { DraftFiles } from './files.ts'

export const DRAFT_IDLE_SECONDS = 300
const MAX_OPEN = 8

export type Draft = {
  id: string
  token: string
  wallet: Hex
  hash: Hex
  /** Under this name the engine knows it, while it answers. */
  work: string
  behaviour: Behaviour
  /** As its future holders will be guarded against it: its creator learns of false alarms before the mint. */
  memory: HolderMemory
  adapter?: { bytes: Uint8Array; sha256: string; received: number }
  files: DraftFiles
  sizeBytes: number
  idle: NodeJS.Timeout
  /** Ends the turn that runs. */
  over: AbortController
}

export type DraftsOptions = {
  limits: DraftLimits & { maxBytes: number }
  state: State
  engine: EnginePort
  log: Log
}

const bytesOf = (text: string) => new TextEncoder().encode(text)

export class Drafts {
  readonly allowance: Allowance
  readonly #options: DraftsOptions
  readonly #open = new Map<string, Draft>()
  #running = false

  constructor(options: DraftsOptions) {
    this.#options = options
    this.allowance = new Allowance(options.state, options.limits)
  }

  get size(): number {
    return this.#open.size
  }

  get turnsPerDay(): number {
    return this.#options.limits.turnsPerDay
  }

  /** Told before anyone's signature is looked at. */
  requireOn(): void {
    if (this.turnsPerDay === 0) throw new Problem('drafts_off')
  }

  /** Opens what a wallet gave leave for. The same again is the same draft; another of this wallet ends the one before. */
  open(wallet: Hex, content: DraftContent): Draft {
    this.allowance.requireLeft(wallet)
    const hash = draftHash(content)
    const theirs = [...this.#open.values()].find(draft => sameAddress(draft.wallet, wallet))
    if (theirs?.hash === hash) return this.#touch(theirs)
    // Not yet prepared for the guard: that is work which only a turn is worth, and turns are counted.
    const behaviour = readBehaviour({ kind: content.kind, language: 'en' }, content.card)
    if (theirs) this.end(theirs)
    const { adapter } = content
    const files = new DraftFiles(content.knowledge ?? [])
    const sizeBytes = bytesOf(content.card).length + (adapter?.sizeBytes ?? 0) + files.heldBytes
    this.#requireRoom(sizeBytes)
    const id = randomBytes(16).toString('hex')
    const draft: Draft = {
      ...{ id, wallet, hash, behaviour, files, sizeBytes, work: `draft:${id}` },
      ...{ memory: new HolderMemory(), over: new AbortController() },
      token: randomBytes(24).toString('base64url'),
      idle: setTimeout(() => this.end(draft), DRAFT_IDLE_SECONDS * 1000).unref(),
      ...(adapter
        ? { adapter: { sha256: adapter.sha256, received: 0, bytes: new Uint8Array(adapter.sizeBytes) } }
        : {}),
    }
    this.#open.set(id, draft)
    this.#options.log({ event: 'draft_opened', holder: wallet, bytes: sizeBytes })
    return draft
  }

  #requireRoom(sizeBytes: number): void {
    const { maxBytes } = this.#options.limits
    if (sizeBytes > maxBytes) {
      throw new Problem('body_too_large', {
        got: `${sizeBytes} bytes`,
        expected: `at most ${maxBytes} bytes`,
      })
    }
    const held = [...this.#open.values()].reduce((sum, draft) => sum + draft.sizeBytes, 0)
    if (this.#open.size < MAX_OPEN && held + sizeBytes <= maxBytes) return
    const got = `${this.#open.size} drafts of ${held} bytes`
    throw new Problem('node_busy', { got, expected: `at most ${MAX_OPEN} drafts of ${maxBytes} bytes` })
  }

  #touch(draft: Draft): Draft {
    draft.idle.refresh()
    return draft
  }

  /** By the key that its creator was given. */
  find(id: string, token: string): Draft {
    const draft = this.#open.get(id)
    if (!draft || !sameSecret(token, draft.token)) {
      throw new Problem('draft_missing', { got: id, expected: 'an open draft, and its token as the API key' })
    }
    return this.#touch(draft)
  }

  /** Takes the next piece of an adapter. The whole is checked by hash and format before llama.cpp ever sees it. */
  async receive(draft: Draft, offset: number, piece: Uint8Array): Promise<void> {
    const { adapter } = draft
    const room = adapter ? adapter.bytes.length - adapter.received : 0
    if (!adapter || offset !== adapter.received || piece.length === 0 || piece.length > room) {
      const got = `${piece.length} bytes at ${offset}`
      const expected = adapter ? `1 to ${room} bytes at ${adapter.received}` : 'a draft with an adapter'
      throw new Problem('request_invalid', { param: 'offset', got, expected })
    }
    adapter.bytes.set(piece, offset)
    adapter.received += piece.length
    if (adapter.received < adapter.bytes.length) return
    try {
      const sha256 = createHash('sha256').update(adapter.bytes).digest('hex')
      if (sha256 !== adapter.sha256)
        throw new Problem('hash_mismatch', { got: sha256, expected: adapter.sha256 })
      this.#options.engine.admit(draft.work, adapter.bytes.slice())
      await this.#options.engine.forget(draft.work)
    } catch (error) {
      adapter.bytes.fill(0)
      adapter.received = 0
      throw error
    }
  }

  /**
   * A place in the engine that nobody who pays wants now: one draft at a time, beside the works that are open. The
   * draft is in the engine's process while it answers, and no longer.
   */
  async enter(draft: Draft): Promise<() => Promise<void>> {
    const { engine } = this.#options
    const { adapter } = draft
    if (adapter && adapter.received < adapter.bytes.length) {
      const got = `${adapter.received} of ${adapter.bytes.length} bytes`
      throw new Problem('request_invalid', { param: 'adapter', got, expected: 'all of the adapter' })
    }
    if (this.#running) throw new Problem('node_busy', { expected: 'an idle place' })
    this.#running = true
    try {
      const leave = await enterSpare(engine, draft.work, () =>
        engine.admit(draft.work, adapter?.bytes.slice()),
      )
      return async () => {
        await leave()
        this.#running = false
      }
    } catch (error) {
      this.#running = false
      throw error
    }
  }

  end(draft: Draft): void {
    if (!this.#open.delete(draft.id)) return
    clearTimeout(draft.idle)
    draft.over.abort()
    draft.adapter?.bytes.fill(0)
    draft.files.wipe()
    this.#options.log({ event: 'draft_closed', holder: draft.wallet })
  }

  stop(): void {
    for (const draft of [...this.#open.values()]) this.end(draft)
  }
}
