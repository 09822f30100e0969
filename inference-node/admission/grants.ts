/** The grants that holders gave this node: kept until they end, and held against the chain before every turn. */
import { createHash } from 'node:crypto'
import { type AuthSig, authSig, type GrantAnswer } from '@grimoire/schema/grant'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import type { ModelId } from '@grimoire/schema/model-id'
import { Problem } from '@grimoire/schema/problem'
import { readGrant } from '@grimoire/seal/grant'
import type { State } from '../state.ts'
import type { Ledger } from './ledger.ts'

export type GivenGrant = {
  id: string
  holder: Hex
  workId: string
  version: number
  issuedAtSeconds: number
  expiresAtSeconds: number
  authSig: AuthSig
}

const now = () => Math.floor(Date.now() / 1000)

export class Grants {
  readonly #state: State
  readonly #ledger: Ledger
  readonly #given = new Map<string, GivenGrant>()

  constructor(state: State, ledger: Ledger) {
    this.#state = state
    this.#ledger = ledger
  }

  /** Reads what was kept; each grant is checked again as if it had just come. */
  async load(): Promise<void> {
    const rows = this.#state.prepare('SELECT id, auth_sig FROM grant_given').all()
    for (const row of rows) {
      const grant = await this.#read(JSON.parse(String(row.auth_sig))).catch(() => null)
      if (grant) this.#given.set(grant.id, grant)
      else this.#remove(String(row.id))
    }
  }

  async #read(text: unknown): Promise<GivenGrant> {
    const grant = await readGrant(authSig.parse(text), now())
    const { addresses, operator, sessionKey } = this.#ledger.options
    if (!sameAddress(grant.sessionKey, sessionKey) || !sameAddress(grant.operator, operator)) {
      throw new Problem('grant_other_node', { got: grant.sessionKey, expected: sessionKey })
    }
    if (grant.chainId !== addresses.chainId) {
      throw new Problem('chain_wrong', { got: grant.chainId, expected: addresses.chainId })
    }
    const { holder, workId, version, issuedAtSeconds, expiresAtSeconds } = grant
    const id = createHash('sha256').update(grant.authSig.sig.toLowerCase()).digest('hex').slice(0, 32)
    return { id, holder, workId, version, issuedAtSeconds, expiresAtSeconds, authSig: grant.authSig }
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
    await this.require(grant)
    this.#state
      .prepare('INSERT OR REPLACE INTO grant_given VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        grant.id,
        grant.holder,
        grant.workId,
        grant.version,
        grant.expiresAtSeconds,
        JSON.stringify(grant.authSig),
      )
    this.#given.set(grant.id, grant)
    return answerOf(grant)
  }

  /** Ends a grant; what it opened is dropped by the sweep that follows. */
  end(id: string): void {
    if (!this.#given.has(id)) throw new Problem('not_found', { got: id, expected: 'the id of a grant' })
    this.#remove(id)
  }

  #remove(id: string): void {
    this.#given.delete(id)
    this.#state.prepare('DELETE FROM grant_given WHERE id = ?').run(id)
  }

  /** The payer's grant for this version, the one that lives longest. */
  find(payer: Hex, work: { workId: string; version: number }, id?: string): GivenGrant {
    if (id !== undefined) {
      const named = this.#given.get(id)
      if (!named || !sameWork(named, work)) throw new Problem('grant_missing', { got: id })
      if (!sameAddress(named.holder, payer)) throw new Problem('grant_other_payer', { got: payer })
      return named
    }
    const [best] = [...this.#given.values()]
      .filter(grant => sameWork(grant, work) && sameAddress(grant.holder, payer))
      .sort((a, b) => b.expiresAtSeconds - a.expiresAtSeconds)
    if (!best)
      throw new Problem('grant_missing', {
        got: payer,
        expected: `a grant for ${work.workId}@${work.version}`,
      })
    return best
  }

  /** Throws unless the grant stands at the latest block. Called before every turn: a sale ends it at once. */
  async require(grant: GivenGrant): Promise<void> {
    if (grant.expiresAtSeconds <= now()) {
      throw new Problem('grant_expired', { got: new Date(grant.expiresAtSeconds * 1000).toISOString() })
    }
    const { may, revokedBeforeSeconds } = await this.#ledger.mayOpen(grant.holder, grant.workId)
    if (grant.issuedAtSeconds <= revokedBeforeSeconds)
      throw new Problem('grant_revoked', { got: grant.holder })
    if (may) return
    await this.#ledger.requireServing(grant.workId)
    throw new Problem('not_holder', { got: grant.holder, expected: `a holder of ${grant.workId}` })
  }

  /** The grants that still stand; expired ones are forgotten on the way. */
  async standing(): Promise<GivenGrant[]> {
    const standing: GivenGrant[] = []
    for (const grant of this.#given.values()) {
      if (grant.expiresAtSeconds <= now()) {
        this.#remove(grant.id)
        continue
      }
      // A chain that does not answer is no reason to close; each turn asks anew and is refused then.
      const stands = await this.require(grant).then(
        () => true,
        (error: unknown) => error instanceof Problem && error.code === 'chain_unreachable',
      )
      if (stands) standing.push(grant)
    }
    return standing
  }

  /** Each version for which a grant was given, once. */
  versions(): { workId: string; version: number }[] {
    return [...new Map([...this.#given.values()].map(grant => [versionKey(grant), grant])).values()]
  }
}

export const versionKey = ({ workId, version }: { workId: string; version: number }) => `${workId}@${version}`

const sameWork = (a: { workId: string; version: number }, b: { workId: string; version: number }) =>
  versionKey(a) === versionKey(b)

const answerOf = ({ id, workId, version, holder, expiresAtSeconds }: GivenGrant): GrantAnswer => ({
  id,
  workId,
  version,
  holder,
  expiresAtSeconds,
})
