/** The turns that are on their way or ended a while ago: found again by their holders, and forgotten in time. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { Finished } from './answer.ts'
import { LiveTurn, type LiveTurnOptions } from './live-turn.ts'
import { PaidOnce } from './paid-once.ts'
import type { Piece } from './pieces.ts'
import type { Running } from './run-turn.ts'

export type TurnsOptions = Pick<LiveTurnOptions, 'graceMs' | 'keepAliveMs'> & {
  /** How long an ended turn is kept for a reader who lost its end. */
  keepMs: number
  maxKeptCharacters?: number
}

/** Whose turn it is, and how its answer is told. */
export type TurnAbout = Pick<LiveTurnOptions, 'id' | 'whole'> & {
  channelId: Hex
  /** The channel's key, as the payment proved it. */
  signer: Hex
  grantId: string
  /** For a request that this key did not sign: whoever shows it may read and stop. */
  token?: string
}

export type KeptTurn = TurnAbout & {
  live: LiveTurn<Piece>
  running?: Running
  forgotten?: boolean
  /** How it ended, when it has. */
  outcome?: Finished | Problem
  /** Once it has ended, until it is forgotten. */
  timer?: NodeJS.Timeout
}

/** However many turns end at once: beyond this the oldest is forgotten first. */
const MAX_KEPT = 512
/** And however long they are. */
const MAX_KEPT_CHARACTERS = 64 * 1024 * 1024

export class Turns {
  readonly options: TurnsOptions
  readonly paidOnce = new PaidOnce()
  readonly #kept = new Map<string, KeptTurn>()
  /** Of those in `#kept`, in the order in which they ended, each with its characters: nothing is added to them then. */
  readonly #ended = new Map<KeptTurn, number>()
  #endedCharacters = 0

  constructor(options: TurnsOptions) {
    this.options = options
  }

  begin(about: TurnAbout): KeptTurn {
    const { graceMs, keepAliveMs } = this.options
    const { id, whole } = about
    const turn: KeptTurn = { ...about, live: new LiveTurn({ id, whole, graceMs, keepAliveMs }) }
    this.#kept.set(id, turn)
    return turn
  }

  /** Ends a turn with its last events, and keeps it for a while. */
  end(turn: KeptTurn, outcome: Finished | Problem, last: readonly string[]): void {
    turn.outcome = outcome
    turn.live.close(last)
    turn.timer = setTimeout(() => this.#forget(turn), this.options.keepMs).unref()
    const { size } = turn.live
    this.#ended.set(turn, size)
    this.#endedCharacters += size
    this.#makeRoom(turn)
  }

  /** The one that just ended stays: its reader is about to take its end. */
  #makeRoom(last: KeptTurn): void {
    const { maxKeptCharacters = MAX_KEPT_CHARACTERS } = this.options
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= MAX_KEPT && this.#endedCharacters <= maxKeptCharacters) return
      if (oldest !== last) this.#forget(oldest)
    }
  }

  #forget(turn: KeptTurn): void {
    clearTimeout(turn.timer)
    turn.live.wipe()
    turn.forgotten = true
    delete turn.running
    this.paidOnce.forget(turn)
    delete turn.outcome
    this.#kept.delete(turn.id)
    this.#endedCharacters -= this.#ended.get(turn) ?? 0
    this.#ended.delete(turn)
  }

  require(id: string): KeptTurn {
    const turn = this.#kept.get(id)
    if (!turn) throw new Problem('turn_unknown', { got: id })
    return turn
  }

  /** The channel's turn that nobody listens to: it would hold the channel until its time to be resumed is over. */
  unattended(channelId: Hex): KeptTurn | undefined {
    const same = (turn: KeptTurn) => turn.channelId.toLowerCase() === channelId.toLowerCase()
    return [...this.#kept.values()].find(turn => same(turn) && !turn.live.ended && !turn.live.attended)
  }

  /** Whoever sold a work is not told again what it said: only turns under these grants are kept, and the receipt for whoever still reads. */
  keepOnly(grants: ReadonlySet<string>): void {
    for (const turn of this.#kept.values()) {
      if (grants.has(turn.grantId)) continue
      if (!turn.live.ended) turn.live.over()
      else if (!(turn.live.isCut && turn.live.attended)) this.#forget(turn)
    }
  }

  /** Turns whose readers are gone end now, so that a node that stops charges for them and leaves nothing open. */
  async stop(): Promise<void> {
    const open = [...this.#kept.values()].filter(({ live }) => !live.ended)
    for (const { live } of open) if (!live.attended) live.leave()
    await Promise.all(open.map(({ live }) => live.whenClosed()))
    for (const turn of [...this.#kept.values()]) this.#forget(turn)
  }
}
