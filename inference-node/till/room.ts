/** Keeps what is unclaimed within what the operator allows: a turn that might exceed it does not begin. */
import { Problem } from '@grimoire/schema/problem'
import type { SqliteChannels } from './channels.ts'
import { hasRoomFor } from './schedule.ts'

type RoomOptions = { channels: SqliteChannels; maxUnclaimedAtomic: bigint }

export class Room {
  readonly #options: RoomOptions
  #reservedAtomic = 0n
  /** Set by whoever can claim: called when half of the room is used. */
  onTight: () => void = () => {}

  constructor(options: RoomOptions) {
    this.#options = options
  }

  /** Keeps room for the most that a turn may cost; the way back is taken when it was charged, or was not. */
  take(mostAtomic: bigint): () => void {
    const { channels, maxUnclaimedAtomic } = this.#options
    const { unclaimedAtomic } = channels
    const standing = { unclaimedAtomic, reservedAtomic: this.#reservedAtomic }
    if (!hasRoomFor(mostAtomic, standing, { maxUnclaimedAtomic })) {
      this.onTight()
      throw new Problem('node_busy', {
        got: `${unclaimedAtomic} unclaimed and ${this.#reservedAtomic} on the way`,
        expected: `at most ${maxUnclaimedAtomic}: the node claims before it serves on`,
      })
    }
    this.#reservedAtomic += mostAtomic
    let given = false
    return () => {
      if (given) return
      given = true
      this.#reservedAtomic -= mostAtomic
      if (2n * channels.unclaimedAtomic >= maxUnclaimedAtomic) this.onTight()
    }
  }
}
