/** What an operator's owner sends, as plain calls: this package signs them, or any other wallet that is shown them. */
import type { Addresses } from '@grimoire/contracts/addresses'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import type { Prices } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData } from 'viem'
import type { Ledger } from './market.ts'
import { allowCall } from './money.ts'
import type { OperatorRecord } from './operator-read.ts'

export type OperatorCard = { endpoint: string; paymentKey: Hex; prices: Prices }
export type OwnersCall = { what: string; to: Hex; data: Hex }

const pricesToChain = (prices: Prices) => ({
  turnFeeAtomic: Number(prices.turnFeeAtomic),
  inputPerMillionBytesAtomic: Number(prices.inputPerMillionBytesAtomic),
  outputPerMillionBytesAtomic: Number(prices.outputPerMillionBytesAtomic),
})

function requireEndpoint(endpoint: string): void {
  if (URL.canParse(endpoint) && /^https?:/.test(endpoint)) return
  throw new Problem('config_invalid', { param: 'endpoint', got: endpoint, expected: 'an http or https URL' })
}

const abi = { abi: operatorsAbi } as const
const toRegistry = ({ operators }: Addresses, what: string, data: Hex): OwnersCall => ({
  what,
  to: operators,
  data,
})

/** The bond is pulled by allowance, so this goes before `registerCall` and `addBondCall`. */
export const allowBondCall = (ledger: Ledger, amountAtomic: bigint): OwnersCall => ({
  what: 'allowing the payment',
  ...allowCall(ledger, ledger.addresses.operators, amountAtomic),
})

export function registerCall(
  addresses: Addresses,
  options: OperatorCard & { sessionKey: Hex; bondAtomic: bigint },
): OwnersCall {
  const { endpoint, sessionKey, paymentKey, prices, bondAtomic } = options
  requireEndpoint(endpoint)
  const args = [endpoint, sessionKey, paymentKey, pricesToChain(prices), bondAtomic] as const
  return toRegistry(
    addresses,
    'registering an operator',
    encodeFunctionData({ ...abi, functionName: 'register', args }),
  )
}

export function updateCall(addresses: Addresses, { endpoint, paymentKey, prices }: OperatorCard): OwnersCall {
  requireEndpoint(endpoint)
  const args = [endpoint, paymentKey, pricesToChain(prices)] as const
  return toRegistry(
    addresses,
    'updating an operator',
    encodeFunctionData({ ...abi, functionName: 'update', args }),
  )
}

export const rotateSessionKeyCall = (addresses: Addresses, sessionKey: Hex): OwnersCall =>
  toRegistry(
    addresses,
    'rotating the session key',
    encodeFunctionData({ ...abi, functionName: 'rotateSessionKey', args: [sessionKey] }),
  )

/** What brings the registry from what it says to what is wanted; nothing where it says that already. */
export function changeCalls(
  addresses: Addresses,
  record: OperatorRecord,
  wanted: OperatorCard & { sessionKey: Hex },
): OwnersCall[] {
  const sameCard =
    record.endpoint === wanted.endpoint &&
    sameAddress(record.paymentKey, wanted.paymentKey) &&
    JSON.stringify(record.prices) === JSON.stringify(wanted.prices)
  const sameKey = record.sessionKey.toLowerCase() === wanted.sessionKey.toLowerCase()
  return [
    ...(sameCard ? [] : [updateCall(addresses, wanted)]),
    ...(sameKey ? [] : [rotateSessionKeyCall(addresses, wanted.sessionKey)]),
  ]
}

export const addBondCall = (addresses: Addresses, amountAtomic: bigint): OwnersCall =>
  toRegistry(
    addresses,
    'adding bond',
    encodeFunctionData({ ...abi, functionName: 'addBond', args: [amountAtomic] }),
  )

export const beginUnbondingCall = (addresses: Addresses): OwnersCall =>
  toRegistry(addresses, 'beginning to unbond', encodeFunctionData({ ...abi, functionName: 'beginUnbonding' }))

export const cancelUnbondingCall = (addresses: Addresses): OwnersCall =>
  toRegistry(
    addresses,
    'cancelling the unbonding',
    encodeFunctionData({ ...abi, functionName: 'cancelUnbonding' }),
  )

export const withdrawBondCall = (addresses: Addresses, to: Hex): OwnersCall =>
  toRegistry(
    addresses,
    'withdrawing the bond',
    encodeFunctionData({ ...abi, functionName: 'withdrawBond', args: [to] }),
  )

/** Once for each announced slash: its execution waits some days longer, and the words stand on the chain. */
export const answerSlashCall = (addresses: Addresses, words: string): OwnersCall =>
  toRegistry(
    addresses,
    'answering a slash',
    encodeFunctionData({ ...abi, functionName: 'answerSlash', args: [words] }),
  )

/** What the ledger owes the owner for answers. */
export const withdrawCreditCall = ({ works }: Addresses, to: Hex): OwnersCall => ({
  what: 'withdrawing credit',
  to: works,
  data: encodeFunctionData({ abi: worksAbi, functionName: 'withdraw', args: [to] }),
})
