/** Reads what was written as JSON, by hand: each refusal names the file, the field, what it got and what it expected. */
import { type Address, getAddress, type Hex, isAddress, isHex, size, zeroAddress } from 'viem'

/** One value of a file, with the path that leads to it. */
export class Field {
  readonly value: unknown
  readonly path: string

  constructor(value: unknown, path: string) {
    this.value = value
    this.path = path
  }

  refuse(expected: string): never {
    const got = this.value === undefined ? 'nothing' : JSON.stringify(this.value)
    throw new Error(`${this.path}: got ${got}, expected ${expected}. Correct it, then run the command again.`)
  }

  get isThere(): boolean {
    return this.value !== undefined
  }

  at(name: string): Field {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      return this.refuse(`an object with ${name}`)
    }
    const own = Object.entries(this.value).find(([key]) => key === name)
    return new Field(own?.[1], `${this.path}, ${name}`)
  }

  /** A name that nothing reads is a name misspelt. */
  only(names: readonly string[]): void {
    if (typeof this.value !== 'object' || this.value === null)
      this.refuse(`an object with ${names.join(', ')}`)
    const strange = Object.keys(this.value).find(key => !names.includes(key))
    if (strange) this.at(strange).refuse(`none but ${names.join(', ')}`)
  }

  list(): Field[] {
    if (!Array.isArray(this.value)) return this.refuse('a list')
    return this.value.map((value: unknown, index) => new Field(value, `${this.path}, row ${index + 1}`))
  }

  text(expected: string, pattern: RegExp): string {
    if (typeof this.value !== 'string' || !pattern.test(this.value)) return this.refuse(expected)
    return this.value
  }

  wholeNumber(from: number, to: number): number {
    const { value } = this
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= from && value <= to) return value
    return this.refuse(`a whole number from ${from} to ${to}`)
  }

  /** Written as digits: JSON's own numbers lose units. */
  amount(): bigint {
    const amount = BigInt(this.text('atomic units as a string of digits', /^\d{1,38}$/))
    return amount > 0n ? amount : this.refuse('more than zero')
  }

  address(): Address {
    const { value } = this
    if (typeof value !== 'string' || !isAddress(value, { strict: false })) return this.refuse('an address')
    // Lower case carries no checksum; mixed case does, and a wrong one is a slip of the hand.
    if (value !== value.toLowerCase() && !isAddress(value)) {
      return this.refuse('an address whose checksum is right')
    }
    return value === zeroAddress ? this.refuse('an address that is not zero') : getAddress(value)
  }

  bytes(length: number): Hex {
    const { value } = this
    if (isHex(value) && value.length % 2 === 0 && size(value) === length) return value
    return this.refuse(`${length} bytes of hexadecimal digits after 0x`)
  }
}
