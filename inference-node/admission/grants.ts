/** The grants that holders gave this node: kept until they end, and held against the chain before every turn. */
import { createHash, randomBytes } from 'node:crypto'
import { type AuthSig, authSig, type GrantAnswer } from '@grimoire/schema/grant'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import type { ModelId } from '@grimoire/schema/model-id'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { readGrant } from '@grimoire/seal/grant'
import type { State } from '../state.ts'
import { inLanes } from './lanes.ts'
import type { Ledger, Right } from './ledger.ts'

export type GivenGrant = {
  id: string
  holder: Hex
  workId: string
  version: number
  issuedAtSeconds: number
  expiresAtSeconds: number
  authSig: AuthSig
}

type Unnamed = Omit<GivenGrant, 'id'>

/** More versions than one reader talks to in a month; beyond it the grant that ends first is forgotten. */
const MAX_PER_HOLDER = 64
/** Asked of the chain at the same moment in a sweep; the transport packs them into few requests. */
const LANES = 16
/** Whoever sold a work and buys it again within this time need not sign again. */
const LAPSED_FOR_MS = 3_600_000

const now = () => Math.floor(Date.now() / 1000)

export class Grants {
  readonly #state: State
  readonly #ledger: Ledger
  readonly #maxPerHolder: number
  readonly #given = new Map<string, GivenGrant>()
  readonly #lapsedSinceMs = new Map<string, number>()

  constructor(state: State, ledger: Ledger, { maxPerHolder = MAX_PER_HOLDER } = {}) {
    this.#state = state
    this.#ledger = ledger
    this.#maxPerHolder = maxPerHolder
  }

  /** Reads what was kept; each grant is checked again as if it had just come. */
  async load(): Promise<void> {
    const rows = this.#state.prepare('SELECT id, auth_sig FROM grant_given').all()
    for (const row of rows) {
      const id = String(row.id)
      const grant = await this.#read(JSON.parse(String(row.auth_sig))).catch(() => null)
      if (grant && !this.#same(grant)) this.#given.set(id, { ...grant, id })
      else this.#remove(id)
    }
  }

  async #read(text: unknown): Promise<Unnamed> {
    const grant = await readGrant(authSig.parse(text), now())
    const { addresses, operator, sessionKey } = this.#ledger.options
    if (!sameAddress(grant.sessionKey, sessionKey) || !sameAddress(grant.operator, operator)) {
      throw new Problem('grant_other_node', { got: grant.sessionKey, expected: sessionKey })
    }
    if (grant.chainId !== addresses.chainId) {
      throw new Problem('chain_wrong', { got: grant.chainId, expected: addresses.chainId })
    }
    const { holder, workId, version, issuedAtSeconds, expiresAtSeconds } = grant
    return { holder, workId, version, issuedAtSeconds, expiresAtSeconds, authSig: grant.authSig }
  }

  #same({ holder, ...work }: Unnamed): GivenGrant | undefined {
    return [...this.#given.values()].find(given => sameWork(given, work) && sameAddress(given.holder, holder))
  }

  /** Takes a grant when it is for this node, still stands, and its holder holds the work now. */
  async give(text: unknown, model: ModelId): Promise<GrantAnswer> {
    const grant = await this.#read(text)
    const named = `${model.workId}@${model.version ?? grant.version}`
    if (named !== `${grant.workId}@${grant.version}`) {
      throw new Problem('grant_invalid', {
        got: `${grant.workId}@${grant.version}`,
        expected: named,
        param: 'model',
      })
    }
    const work = await this.#ledger.work(grant.workId)
    if (grant.version > work.latestVersion) {
      throw new Problem('version_unknown', { got: grant.version, expected: `1 to ${work.latestVersion}` })
    }
    const { revokedBeforeSeconds } = await this.require(grant, true)
    const { id, ...kept } = answerOf(this.#keep(grant, revokedBeforeSeconds))
    return this.#isNew(grant) ? { id, ...kept } : kept
  }

  /**
   * Only the first who brings a text is told the id: key nodes see it afterwards, and could end the grant or ask in the
   * holder's name. The text and not the signature, which others can write in another way.
   */
  #isNew({ authSig: { signedMessage }, expiresAtSeconds }: Unnamed): boolean {
    this.#state.prepare('DELETE FROM grant_seen WHERE expires_at_seconds <= ?').run(now())
    const digest = createHash('sha256').update(signedMessage).digest('hex')
    const { changes } = this.#state
      .prepare('INSERT OR IGNORE INTO grant_seen VALUES (?, ?)')
      .run(digest, expiresAtSeconds)
    return Number(changes) === 1
  }

  /** One grant for a holder and a version, under one id: the one that lives longest, unless it was revoked. */
  #keep(grant: Unnamed, revokedBeforeSeconds: number): GivenGrant {
    const before = this.#same(grant)
    if (
      before &&
      before.expiresAtSeconds >= grant.expiresAtSeconds &&
      before.issuedAtSeconds > revokedBeforeSeconds
    ) {
      return before
    }
    // Key nodes see the signature, so an id that is made from it would let them end the grant.
    const kept = { ...grant, id: before?.id ?? randomBytes(16).toString('hex') }
    const { id, holder, workId, version, expiresAtSeconds } = kept
    if (!before) this.#makeRoom(holder)
    this.#state
      .prepare('INSERT OR REPLACE INTO grant_given VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, holder, workId, version, expiresAtSeconds, JSON.stringify(kept.authSig))
    this.#given.set(id, kept)
    this.#lapsedSinceMs.delete(id)
    return kept
  }

  #makeRoom(holder: Hex): void {
    const theirs = [...this.#given.values()]
      .filter(grant => sameAddress(grant.holder, holder))
      .sort((a, b) => a.expiresAtSeconds - b.expiresAtSeconds)
    for (const { id } of theirs.slice(0, Math.max(0, theirs.length + 1 - this.#maxPerHolder)))
      this.#remove(id)
  }

  /** Ends a grant; what it opened is dropped by the sweep that follows. */
  end(id: string): void {
    if (!this.#given.has(id)) throw new Problem('not_found', { got: id, expected: 'the id of a grant' })
    this.#remove(id)
  }

  #remove(id: string): void {
    this.#given.delete(id)
    this.#lapsedSinceMs.delete(id)
    this.#state.prepare('DELETE FROM grant_given WHERE id = ?').run(id)
  }

  /** A grant by its id, which was given here and has not ended. */
  named(id: string): GivenGrant {
    const grant = this.#given.get(id)
    if (!grant) throw new Problem('grant_missing', { got: 'a turn whose grant has ended' })
    return grant
  }

  /** The payer's grant for this version. */
  find(payer: Hex, work: { workId: string; version: number }, id?: string): GivenGrant {
    const ofWork = [...this.#given.values()].filter(grant => sameWork(grant, work))
    const named = id === undefined ? undefined : ofWork.find(grant => grant.id === id)
    if (id !== undefined && !named) throw new Problem('grant_missing', { got: id })
    if (named && !sameAddress(named.holder, payer)) throw new Problem('grant_other_payer', { got: payer })
    const found = named ?? ofWork.find(grant => sameAddress(grant.holder, payer))
    if (found) return found
    const expected = `a grant for ${work.workId}@${work.version}`
    throw new Problem('grant_missing', { got: payer, expected })
  }

  /**
   * Throws unless the grant stands. Called before every turn: a sale ends it as soon as its block is seen. The Gate
   * lets creators and opened copies in anywhere; this node serves only what admits it, and only while it is bonded.
   */
  async require(grant: Unnamed, anew = false): Promise<Right> {
    if (grant.expiresAtSeconds <= now()) {
      throw new Problem('grant_expired', { got: new Date(grant.expiresAtSeconds * 1000).toISOString() })
    }
    const [right] = await Promise.all([
      this.#ledger.mayOpen(grant.holder, grant.workId, anew),
      this.#ledger.requireServing(grant.workId, anew),
    ])
    if (grant.issuedAtSeconds <= right.revokedBeforeSeconds)
      throw new Problem('grant_revoked', { got: grant.holder })
    if (right.may) return right
    throw new Problem('not_holder', { got: grant.holder, expected: `a holder of ${grant.workId}` })
  }

  /** Why a grant does not stand any more, asked of the chain when it is over, or when `isOver` says so. */
  async whyNot(grant: GivenGrant, over: AbortSignal, isOver = false): Promise<Problem | null> {
    if (!over.aborted && !isOver) return null
    return this.require(grant, true).then(
      () => null,
      error => (error instanceof Problem ? error : null),
    )
  }

  /**
   * The grants that still stand, and whether the chain answered for all of them; what has expired, or not stood for long, is forgotten on the way. `anew` asks the chain
   * for all of them, else for those only that an event may have changed.
   */
  async standing(anew = false): Promise<{ standing: GivenGrant[]; isSure: boolean }> {
    const given = [...this.#given.values()]
    for (const { id, expiresAtSeconds } of given) if (expiresAtSeconds <= now()) this.#remove(id)
    const { rights, isSure } = await this.#rightsOf(
      given.filter(({ id }) => this.#given.has(id)),
      anew,
    )
    const standing = [...this.#given.values()].filter(grant => {
      const right = rights.get(holderKey(grant))
      const stands = !right || (right.may && grant.issuedAtSeconds > right.revokedBeforeSeconds)
      this.#noteLapse(grant.id, stands)
      return stands
    })
    return { standing, isSure }
  }

  /**
   * What the chain says of each holder and work, once. Nothing stands here of those that were given meanwhile, and
   * when the chain does not answer: that is no reason to close, since each turn asks anew and is refused then; it is a
   * reason to ask again soon.
   */
  async #rightsOf(grants: GivenGrant[], anew: boolean) {
    const rights = new Map<string, Right>()
    let isSure = true
    const serving = new Map<string, Promise<void>>()
    const asked = new Map(grants.map(grant => [holderKey(grant), grant]))
    await inLanes([...asked], LANES, async ([key, { holder, workId }]) => {
      const served = serving.get(workId) ?? this.#ledger.requireServing(workId, anew)
      serving.set(workId, served)
      try {
        const [right] = await Promise.all([this.#ledger.mayOpen(holder, workId, anew), served])
        rights.set(key, right)
      } catch (error) {
        if (isProblem(error, 'chain_unreachable')) isSure = false
        else rights.set(key, { may: false, revokedBeforeSeconds: 0 })
      }
    })
    return { rights, isSure }
  }

  #noteLapse(id: string, stands: boolean): void {
    if (stands) return void this.#lapsedSinceMs.delete(id)
    const sinceMs = this.#lapsedSinceMs.get(id) ?? Date.now()
    this.#lapsedSinceMs.set(id, sinceMs)
    if (Date.now() - sinceMs >= LAPSED_FOR_MS) this.#remove(id)
  }

  /** Each version for which a grant was given, once. */
  versions(): { workId: string; version: number }[] {
    return [...new Map([...this.#given.values()].map(grant => [versionKey(grant), grant])).values()]
  }
}

export const versionKey = ({ workId, version }: { workId: string; version: number }) => `${workId}@${version}`

const holderKey = ({ holder, workId }: Unnamed) => `${holder.toLowerCase()} ${workId}`

const sameWork = (a: { workId: string; version: number }, b: { workId: string; version: number }) =>
  versionKey(a) === versionKey(b)

const answerOf = ({ id, workId, version, holder, expiresAtSeconds }: GivenGrant) => ({
  id,
  workId,
  version,
  holder,
  expiresAtSeconds,
})
