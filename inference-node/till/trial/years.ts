/**
 * Years of a node's claims in a second: turns, exits, dear gas, a chain that is away or takes a claim back, under the very
 * rules of `schedule.ts`. The clock, the chain and everybody on it follow from a seed.
 */
import { type ClaimPolicy, claimReason, GasPrices, hasRoomFor } from '../schedule.ts'
import { seeded } from './random.ts'

const TICK_MS = 300_000
const HOUR_MS = 3_600_000
const TICKS_OF_A_DAY = (24 * HOUR_MS) / TICK_MS
const CHANNELS = 40
const MOST_OF_A_TURN = 40_000
const IN_FLIGHT = 16

export type World = {
  days: number
  /** How long a payer who leaves has to wait. */
  delayMs: number
  /** The longest that the chain is out of this node's reach. */
  longestAwayMs: number
}

export type Years = {
  turns: number
  refused: number
  claims: number
  vanished: number
  exits: number
  /** The most that was ever unclaimed, and the most while claims that a reorganisation took back were due again. */
  worstAtomic: bigint
  worstReorgedAtomic: bigint
  /** What payers took along before it could be claimed. */
  lostAtomic: bigint
  claimedAtomic: bigint
  chargedAtomic: bigint
}

type Channel = { charged: bigint; claimed: bigint; leavesAtMs: number | null }
type Turn = { channel: Channel; most: bigint; actual: bigint; endsAtMs: number }

export class Market {
  readonly #random: () => number
  readonly #policy: ClaimPolicy
  readonly #world: World
  readonly #channels: Channel[]
  readonly #gas = new GasPrices()
  readonly years: Years
  #nowMs = 0
  #turns: Turn[] = []
  #gasPriceWei = 1_000_000_000
  #awayUntilMs = 0
  #owingSinceMs: number | null = null
  /** Of the last claims: a reorganisation may take them back once. */
  #young: { channel: Channel; amount: bigint }[] = []
  #reorgedAtomic = 0n
  #unclaimed = 0n
  #reservedAtomic = 0n

  constructor(seed: number, policy: ClaimPolicy, world: World) {
    this.#random = seeded(seed)
    this.#policy = policy
    this.#world = world
    this.#channels = Array.from({ length: CHANNELS }, () => ({ charged: 0n, claimed: 0n, leavesAtMs: null }))
    const none = {
      worstAtomic: 0n,
      worstReorgedAtomic: 0n,
      lostAtomic: 0n,
      claimedAtomic: 0n,
      chargedAtomic: 0n,
    }
    this.years = { turns: 0, refused: 0, claims: 0, vanished: 0, exits: 0, ...none }
  }

  run(): Years {
    for (let tick = 0; tick < this.#world.days * TICKS_OF_A_DAY; tick++) {
      this.#nowMs += TICK_MS
      this.#weather()
      for (const turn of this.#turns) if (turn.endsAtMs <= this.#nowMs) this.#charge(turn)
      this.#turns = this.#turns.filter(({ endsAtMs }) => endsAtMs > this.#nowMs)
      const wanted = Math.floor(this.#random() * 30)
      for (let turn = 0; turn < wanted; turn++) this.#begin()
      this.#exits()
      if (this.#nowMs >= this.#awayUntilMs) this.#tick()
    }
    return this.years
  }

  #weather(): void {
    const drift = this.#random() < 0.01 ? 1 + 20 * this.#random() : 0.9 + 0.2 * this.#random()
    this.#gasPriceWei = Math.min(Math.max(this.#gasPriceWei * drift, 1e8), 1e12)
    if (this.#nowMs < this.#awayUntilMs || this.#random() > 0.002) return
    this.#awayUntilMs = this.#nowMs + this.#random() * this.#world.longestAwayMs
  }

  #begin(): void {
    const channel = this.#channels[Math.floor(this.#random() * CHANNELS)]
    if (!channel || channel.leavesAtMs !== null || this.#turns.length >= IN_FLIGHT) return
    const most = BigInt(1 + Math.floor(this.#random() * MOST_OF_A_TURN))
    const standing = { unclaimedAtomic: this.#unclaimed, reservedAtomic: this.#reservedAtomic }
    if (!hasRoomFor(most, standing, this.#policy)) {
      this.years.refused++
      return
    }
    const actual = (most * BigInt(Math.floor(this.#random() * 1_001))) / 1_000n
    this.#reservedAtomic += most
    this.#turns.push({ channel, most, actual, endsAtMs: this.#nowMs + this.#random() * 4 * TICK_MS })
  }

  #charge({ channel, actual, most }: Turn): void {
    channel.charged += actual
    this.#unclaimed += actual
    this.#reservedAtomic -= most
    this.years.turns++
    this.years.chargedAtomic += actual
    this.#measure()
  }

  #measure(): void {
    const unclaimed = this.#unclaimed
    if (unclaimed > this.years.worstReorgedAtomic) this.years.worstReorgedAtomic = unclaimed
    if (unclaimed - this.#reorgedAtomic > this.years.worstAtomic) {
      this.years.worstAtomic = unclaimed - this.#reorgedAtomic
    }
  }

  /** Payers begin to leave, and those whose delay is over take what was not claimed. */
  #exits(): void {
    for (const channel of this.#channels) {
      if (channel.leavesAtMs === null) {
        if (this.#random() < 0.000_5) channel.leavesAtMs = this.#nowMs + this.#world.delayMs
        continue
      }
      const answering = this.#turns.some(turn => turn.channel === channel)
      if (channel.leavesAtMs > this.#nowMs || answering) continue
      this.years.exits++
      this.years.lostAtomic += channel.charged - channel.claimed
      this.#unclaimed -= channel.charged - channel.claimed
      this.#young = this.#young.filter(young => young.channel !== channel)
      Object.assign(channel, { charged: 0n, claimed: 0n, leavesAtMs: null })
    }
  }

  #tick(): void {
    this.#reorganise()
    const gasPriceWei = BigInt(Math.floor(this.#gasPriceWei))
    this.#gas.see(gasPriceWei, this.#nowMs)
    const owing = this.#channels.filter(({ charged, claimed }) => charged > claimed)
    if (owing.length === 0) this.#owingSinceMs = null
    else this.#owingSinceMs ??= this.#nowMs
    const reason = claimReason(
      owing.map(({ charged, claimed, leavesAtMs }) => ({
        owedAtomic: charged - claimed,
        leaving: leavesAtMs !== null,
      })),
      {
        ...{ nowMs: this.#nowMs, gasPriceWei, usualGasPriceWei: this.#gas.usual() },
        owingSinceMs: this.#owingSinceMs ?? this.#nowMs,
      },
      this.#policy,
    )
    if (reason) this.#claim(owing)
  }

  #claim(owing: readonly Channel[]): void {
    this.years.claims++
    this.#young = owing.map(channel => ({ channel, amount: channel.charged - channel.claimed }))
    for (const { channel, amount } of this.#young) {
      channel.claimed += amount
      this.#unclaimed -= amount
      this.years.claimedAtomic += amount
    }
    this.#reorgedAtomic = 0n
    this.#owingSinceMs = null
  }

  #reorganise(): void {
    if (this.#young.length === 0 || this.#random() > 0.02) return
    this.years.vanished++
    for (const { channel, amount } of this.#young) {
      channel.claimed -= amount
      this.#unclaimed += amount
      this.years.claimedAtomic -= amount
      this.#reorgedAtomic += amount
    }
    this.#young = []
    this.#measure()
    // What vanished is due at once: the node is told by the journal's open rows.
    this.#claim(this.#channels.filter(({ charged, claimed }) => charged > claimed))
    this.#young = []
  }
}
