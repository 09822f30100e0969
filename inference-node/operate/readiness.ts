/** Whether a turn that came now could be answered, and if not, why: for `/ready`, the metrics, and `status`. */
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { asProblem, Problem } from '@grimoire/schema/problem'
import { readKeepers } from '@grimoire/seal/keepers'
import type { Ledger } from '../admission/ledger.ts'

export type Check = { name: 'draining' | 'chain' | 'engine' | 'keys' | 'bond'; ok: boolean; reason?: string }
export type Ready = { ready: boolean; checks: Check[] }

/** Whoever asks often gets the answer of a moment ago: a stranger must not move the chain or the key nodes by it. */
const KEEP_MS = 2_000
const KEEP_KEYS_MS = 15_000

export type ReadinessOptions = {
  ledger: Ledger
  engineAlive(): boolean
  keyNodeTimeoutMs: number
}

type KeyNodeAnswer = { url: string; answers: boolean }

/** Each key node's /health, side by side. */
export async function askKeyNodes(
  ledger: Ledger,
  timeoutMs: number,
): Promise<{ threshold: number; nodes: KeyNodeAnswer[] }> {
  const keepers = await readKeepers(ledger.client, ledger.options.addresses.keyNetwork)
  const ask = async ({ url }: { url: string }) => {
    const answers = await fetch(`${url}/health`, { signal: AbortSignal.timeout(timeoutMs) }).then(
      async response => {
        await response.body?.cancel()
        return response.ok
      },
      () => false,
    )
    return { url, answers }
  }
  return { threshold: keepers.threshold, nodes: await Promise.all(keepers.nodes.map(ask)) }
}

function kept<T>(milliseconds: number, read: () => Promise<T>): () => Promise<T> {
  let last: { atMs: number; value: Promise<T> } | undefined
  return () => {
    if (!last || Date.now() - last.atMs >= milliseconds) last = { atMs: Date.now(), value: read() }
    return last.value
  }
}

export class Readiness {
  readonly #options: ReadinessOptions
  #draining = false
  readonly #outside: () => Promise<Check[]>
  readonly #keys: () => Promise<Check>

  constructor(options: ReadinessOptions) {
    this.#options = options
    this.#keys = kept(KEEP_KEYS_MS, () => this.#check('keys', () => this.#requireKeys()))
    this.#outside = kept(KEEP_MS, () =>
      Promise.all([
        this.#check('chain', () => options.ledger.requireChain()),
        this.#check('bond', () => this.#requireBond()),
        this.#keys(),
      ]),
    )
  }

  get draining(): boolean {
    return this.#draining
  }

  drain(): void {
    this.#draining = true
  }

  /** Before anything is begun for a caller. */
  requireOpen(): void {
    if (this.#draining) throw new Problem('node_draining')
  }

  async now(): Promise<Ready> {
    const here: Check[] = [
      { name: 'draining', ok: !this.#draining, ...(this.#draining ? { reason: 'about to stop' } : {}) },
      {
        name: 'engine',
        ok: this.#options.engineAlive(),
        ...(this.#options.engineAlive() ? {} : { reason: 'the engine process is not running' }),
      },
    ]
    const checks = [...here, ...(await this.#outside())]
    return { ready: checks.every(({ ok }) => ok), checks }
  }

  async #check(name: Check['name'], require: () => Promise<void>): Promise<Check> {
    try {
      await require()
      return { name, ok: true }
    } catch (error) {
      return { name, ok: false, reason: asProblem(error).message }
    }
  }

  async #requireBond(): Promise<void> {
    const { client, options } = this.#options.ledger
    const { addresses, operator } = options
    const at = { address: addresses.operators, abi: operatorsAbi } as const
    const active = await client
      .readContract({ ...at, functionName: 'isActive', args: [operator] })
      .catch(cause => {
        throw new Problem('chain_unreachable', { cause })
      })
    if (!active) throw new Problem('not_bonded', { got: operator })
  }

  async #requireKeys(): Promise<void> {
    const { threshold, nodes } = await askKeyNodes(this.#options.ledger, this.#options.keyNodeTimeoutMs)
    const answering = nodes.filter(({ answers }) => answers).length
    if (answering >= threshold) return
    throw new Problem('network_too_few_nodes', {
      got: `${answering} of ${nodes.length} answer`,
      expected: `${threshold}`,
    })
  }
}
