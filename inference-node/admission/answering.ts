/** The turns that are on their way: each stops when the grant under which it was admitted does not stand any more. */
import { Problem } from '@grimoire/schema/problem'
import type { GivenGrant } from './grants.ts'

export type UnderWay = {
  /** The grant has ended: what was delivered is charged, and nothing more is. */
  over: AbortSignal
  /** Its payment is good: from here on it counts as one of its holder's turns. Refuses one too many. */
  admit(): void
  done(): void
}

type Turn = Pick<GivenGrant, 'id' | 'holder'> & { admitted: boolean }

export class Answering {
  readonly #underWay = new Map<AbortController, Turn>()
  readonly #perHolder: number

  constructor(perHolder: number) {
    this.#perHolder = perHolder
  }

  /** Turns that were let in and have not ended. */
  get size(): number {
    return this.#underWay.size
  }

  /** Before the grant is held against the chain, so that no end of it is missed while the turn waits or is paid. */
  begin({ id, holder }: GivenGrant): UnderWay {
    const controller = new AbortController()
    const turn = { id, holder, admitted: false }
    this.#underWay.set(controller, turn)
    return {
      over: controller.signal,
      admit: () => this.#admit(turn),
      done: () => void this.#underWay.delete(controller),
    }
  }

  #admit(turn: Turn): void {
    const { holder } = turn
    const same = [...this.#underWay.values()].filter(
      other => other.admitted && other.holder === holder,
    ).length
    if (same >= this.#perHolder) {
      throw new Problem('node_busy', {
        got: `${same} turns of ${holder}`,
        expected: `at most ${this.#perHolder}`,
      })
    }
    turn.admitted = true
  }

  keepOnly(standing: ReadonlySet<string>): void {
    for (const [controller, { id }] of this.#underWay) if (!standing.has(id)) controller.abort()
  }
}
