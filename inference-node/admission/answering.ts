/** The turns that are on their way: each stops when the grant under which it was admitted does not stand any more. */
import type { GivenGrant } from './grants.ts'

export type UnderWay = {
  /** The grant has ended: what was delivered is charged, and nothing more is. */
  over: AbortSignal
  done(): void
}

export class Answering {
  readonly #underWay = new Map<AbortController, string>()

  /** Before the grant is held against the chain, so that no end of it is missed while the turn waits or is paid. */
  begin({ id }: GivenGrant): UnderWay {
    const controller = new AbortController()
    this.#underWay.set(controller, id)
    return { over: controller.signal, done: () => void this.#underWay.delete(controller) }
  }

  keepOnly(standing: ReadonlySet<string>): void {
    for (const [controller, id] of this.#underWay) if (!standing.has(id)) controller.abort()
  }
}
