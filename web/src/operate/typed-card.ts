/** An operator's card as it is typed, and as the ledger takes it: endpoint, the machine's two keys, three prices. */
import type { OperatorRecord } from '@grimoire/client/operator-read'
import { formatMoney } from '@grimoire/schema/amounts'
import { address, bytes32, type Hex, sameAddress } from '@grimoire/schema/hex'
import type { Prices } from '@grimoire/schema/price'
import { typedSum } from '../words/typed-sum.ts'

export type TypedCard = {
  endpoint: string
  paymentKey: string
  sessionKey: string
  turnFee: string
  input: string
  output: string
}

export type Card = { endpoint: string; paymentKey: Hex; sessionKey: Hex; prices: Prices }

/** About what the command asks where nothing is said. */
export const NEW_CARD: TypedCard = {
  ...{ endpoint: '', paymentKey: '', sessionKey: '' },
  ...{ turnFee: '0.001', input: '1.00', output: '4.00' },
}

export const typedOf = ({ endpoint, paymentKey, sessionKey, prices }: OperatorRecord): TypedCard => ({
  ...{ endpoint, paymentKey, sessionKey },
  turnFee: formatMoney(BigInt(prices.turnFeeAtomic)),
  input: formatMoney(BigInt(prices.inputPerMillionBytesAtomic)),
  output: formatMoney(BigInt(prices.outputPerMillionBytesAtomic)),
})

/** The registry keeps each price in 48 bits. */
const MOST_ATOMIC = 2n ** 48n - 1n
/** And the endpoint in so many bytes. */
const MOST_BYTES = 256

/** Null also for more than the registry keeps. */
export function sumOf(text: string): bigint | null {
  const sum = typedSum(text)
  return sum !== null && sum <= MOST_ATOMIC ? sum : null
}

export function pricesOf({ turnFee, input, output }: TypedCard): Prices | null {
  const [turn, read, written] = [sumOf(turnFee), sumOf(input), sumOf(output)]
  if (turn === null || read === null || written === null) return null
  return {
    turnFeeAtomic: String(turn),
    inputPerMillionBytesAtomic: String(read),
    outputPerMillionBytesAtomic: String(written),
  }
}

function endpointFault(endpoint: string): string | undefined {
  if (!URL.canParse(endpoint) || !/^https?:\/\//.test(endpoint))
    return 'A whole URL: https://, then the name under which the internet finds the machine.'
  if (new TextEncoder().encode(endpoint).length > MOST_BYTES) return `At most ${MOST_BYTES} bytes.`
  return undefined
}

function paymentFault(paymentKey: string, owner: Hex | null): string | undefined {
  if (!address.safeParse(paymentKey).success) return 'An address: 0x and 40 hex digits.'
  if (owner && sameAddress(paymentKey, owner))
    return 'This is the wallet that you are here with. The machine’s key has to be another.'
  return undefined
}

/** What is wrong with each field, in a sentence. */
export function cardFaults(typed: TypedCard, owner: Hex | null): Partial<Record<keyof TypedCard, string>> {
  const price = (text: string) =>
    sumOf(text) === null ? 'Dollars, with at most six decimals, like 0.001.' : undefined
  const faults = {
    endpoint: endpointFault(typed.endpoint.trim()),
    paymentKey: paymentFault(typed.paymentKey.trim(), owner),
    sessionKey: bytes32.safeParse(typed.sessionKey.trim()).success ? undefined : '0x and 64 hex digits.',
    turnFee: price(typed.turnFee),
    input: price(typed.input),
    output: price(typed.output),
  }
  return Object.fromEntries(Object.entries(faults).filter(([, fault]) => fault !== undefined))
}

/** Null while anything is wrong. */
export function cardOf(typed: TypedCard, owner: Hex | null): Card | null {
  const prices = pricesOf(typed)
  if (prices === null || Object.keys(cardFaults(typed, owner)).length > 0) return null
  return {
    endpoint: typed.endpoint.trim(),
    paymentKey: typed.paymentKey.trim() as Hex, // Safety: held against its shape above.
    sessionKey: typed.sessionKey.trim() as Hex, // Safety: the same.
    prices,
  }
}

/** Both keys out of what the command says when it has made them, as a table or as JSON. */
export function keysIn(said: string): Partial<Pick<TypedCard, 'paymentKey' | 'sessionKey'>> {
  const paymentKey = /payment\s?key\W+(0x[0-9a-f]{40})\b/i.exec(said)?.[1]
  const sessionKey = /session\s?key\W+(0x[0-9a-f]{64})\b/i.exec(said)?.[1]
  return { ...(paymentKey ? { paymentKey } : {}), ...(sessionKey ? { sessionKey } : {}) }
}
