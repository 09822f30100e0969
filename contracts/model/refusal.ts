/** A refusal of the model: the name of the error that the contracts revert with. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly error: string

  constructor(error: string) {
    super(error)
    this.error = error
  }
}

/** Refuses unless the rule holds. */
export function must(rule: boolean, error: string): asserts rule {
  if (!rule) throw new Refusal(error)
}

/** A map whose absent entries are zero, as storage is. */
export class Sums {
  readonly #entries = new Map<string, bigint>()

  get(key: string): bigint {
    return this.#entries.get(key) ?? 0n
  }

  add(key: string, amount: bigint): void {
    this.#entries.set(key, this.get(key) + amount)
  }

  set(key: string, amount: bigint): void {
    this.#entries.set(key, amount)
  }
}
