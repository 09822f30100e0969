/** The owner's acts: each is a few calls to the ledger, signed with the owner's keystore or printed for any other wallet. */
import {
  addBondCall,
  allowBondCall,
  beginUnbondingCall,
  cancelUnbondingCall,
  changeCalls,
  type OwnersCall,
  registerCall,
  updateCall,
  withdrawBondCall,
  withdrawCreditCall,
} from '@grimoire/client/operator-calls'
import { type OperatorRecord, readOperator } from '@grimoire/client/operator-read'
import { sendCall } from '@grimoire/client/wallet'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { operatorsAbi } from '@grimoire/contracts/generated/operators'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { parseMoney } from '@grimoire/schema/amounts'
import { address, bytes32, type Hex, sameAddress } from '@grimoire/schema/hex'
import type { Prices } from '@grimoire/schema/price'
import { Problem } from '@grimoire/schema/problem'
import { createWalletClient, http, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { chainOf } from '../admission/ledger.ts'
import type { FileConfig } from '../config.ts'
import { chainFor, type OperatorsLedger } from './chain.ts'
import { publicKeys, readSettings } from './config-file.ts'
import { decryptKey, readKeystore } from './keystore.ts'
import { readPassphrase } from './passphrase.ts'
import { answer, dollars, note, table } from './say.ts'

export const OWNER_ENV = 'GRIMOIRE_OWNER_PASSPHRASE'

export type OwnerOptions = {
  config: string
  json: boolean
  /** Says what to sign instead of signing it. */
  print?: boolean
  ownerKeystore?: string
  ownerPassphraseFile?: string
}

export type CardOptions = {
  endpoint?: string
  turnFee?: string
  inputPerMillion?: string
  outputPerMillion?: string
  /** For a machine that has the configuration and not the keys. */
  paymentAddress?: string
  sessionKey?: string
}

/** What an operator asks who has not said: about what the devnet's asks. */
const DEFAULT_PRICES = { turnFee: '0.001', inputPerMillion: '1', outputPerMillion: '4' }

const FLAGS = {
  turnFee: '--turn-fee',
  inputPerMillion: '--input-per-million',
  outputPerMillion: '--output-per-million',
} as const

type Situation = { settings: FileConfig; ledger: OperatorsLedger; record: OperatorRecord | null }

async function situation(config: string): Promise<Situation> {
  const settings = readSettings(config)
  const ledger = await chainFor(settings)
  return { settings, ledger, record: await readOperator(ledger, { operator: settings.operator }) }
}

/** Before anything is asked of the chain, and named by its flag. */
function given(
  text: string | undefined,
  param: string,
  kind: typeof address | typeof bytes32,
): Hex | undefined {
  if (text === undefined) return undefined
  const parsed = kind.safeParse(text)
  if (parsed.success) return parsed.data
  const expected = kind === address ? 'an address: 0x and 40 hex digits' : '0x and 64 hex digits'
  throw new Problem('usage_invalid', { param, got: `${param} ${text}`, expected })
}

function money(text: string, param: string): bigint {
  try {
    return parseMoney(text)
  } catch {
    throw new Problem('usage_invalid', { param, got: `${param} ${text}`, expected: 'dollars, as in 0.001' })
  }
}

function pricesOf(options: CardOptions, now: Prices | undefined): Prices {
  const price = (field: keyof typeof DEFAULT_PRICES, current: string | undefined) =>
    String(
      options[field] === undefined && current !== undefined
        ? current
        : money(options[field] ?? DEFAULT_PRICES[field], FLAGS[field]),
    )
  return {
    turnFeeAtomic: price('turnFee', now?.turnFeeAtomic),
    inputPerMillionBytesAtomic: price('inputPerMillion', now?.inputPerMillionBytesAtomic),
    outputPerMillionBytesAtomic: price('outputPerMillion', now?.outputPerMillionBytesAtomic),
  }
}

async function ownersWallet({ settings }: Situation, options: OwnerOptions) {
  const { ownerKeystore, ownerPassphraseFile } = options
  if (ownerKeystore === undefined)
    throw new Problem('usage_invalid', {
      got: 'no key of the owner',
      expected: '--owner-keystore FILE, or --print to sign with another wallet',
    })
  const passphrase = await readPassphrase({
    what: 'the owner’s key',
    file: ownerPassphraseFile,
    env: OWNER_ENV,
  })
  const account = privateKeyToAccount(toHex(await decryptKey(readKeystore(ownerKeystore), passphrase)))
  if (!sameAddress(account.address, settings.operator))
    throw new Problem('config_invalid', {
      param: 'operator',
      got: `a keystore of ${account.address}`,
      expected: `the owner’s, ${settings.operator}`,
    })
  const { rpcUrl, addresses } = settings
  return createWalletClient({ account, chain: chainOf(addresses.chainId, rpcUrl), transport: http(rpcUrl) })
}

/** In order; the first that the ledger refuses is the last. */
async function act(at: Situation, calls: OwnersCall[], options: OwnerOptions): Promise<void> {
  const { chainId } = at.settings.addresses
  const from = at.settings.operator
  if (options.print) {
    const transactions = calls.map(call => ({ ...call, value: '0x0' }))
    return answer(true, { chainId, from, transactions }, () => '')
  }
  const wallet = await ownersWallet(at, options)
  const sent: { what: string; hash: Hex }[] = []
  for (const call of calls) {
    const { hash } = await sendCall(at.ledger, { wallet, ...call })
    sent.push({ what: call.what, hash })
    if (!options.json) note(`${call.what}: ${hash}`)
  }
  const record = await readOperator(at.ledger, { operator: from })
  answer(options.json, { transactions: sent, operator: record }, () => recordText(record))
}

export function recordText(record: OperatorRecord | null): string {
  if (!record) return 'not registered'
  const { prices, bondAtomic, active, freeAtSeconds, endpoint } = record
  const leaving = freeAtSeconds === null ? '' : `, free ${new Date(freeAtSeconds * 1000).toISOString()}`
  return table([
    ['operator', record.operator],
    ['endpoint', endpoint],
    ['bond', `${dollars(bondAtomic)}, ${active ? 'active' : 'not active'}${leaving}`],
    ['a turn', dollars(prices.turnFeeAtomic)],
    ['in', `${dollars(prices.inputPerMillionBytesAtomic)} for a million bytes`],
    ['out', `${dollars(prices.outputPerMillionBytesAtomic)} for a million bytes`],
  ])
}

type GivenKeys = { paymentAddress: Hex | undefined; sessionKey: Hex | undefined }

async function keysOf(settings: FileConfig, { paymentAddress, sessionKey }: GivenKeys) {
  if (paymentAddress && sessionKey) return { paymentKey: paymentAddress, sessionKey }
  const keys = await publicKeys(settings).catch(cause => {
    throw new Problem('usage_invalid', {
      got: 'no keystores beside the configuration',
      expected: '--payment-address and --session-key, as init said them',
      cause,
    })
  })
  return {
    paymentKey: paymentAddress ?? keys.paymentKey,
    sessionKey: sessionKey ?? keys.sessionKey,
  }
}

const minimumBond = ({ ledger, settings }: Situation): Promise<bigint> =>
  ledger.publicClient.readContract({
    address: settings.addresses.operators,
    abi: operatorsAbi,
    functionName: 'minimumBondAtomic',
  })

/** With the approval before it, unless one that suffices stands; too little money is said before anything is signed. */
async function bonding(at: Situation, amountAtomic: bigint, bond: OwnersCall): Promise<OwnersCall[]> {
  if (amountAtomic === 0n) return [bond]
  const { addresses, operator } = at.settings
  const token = { address: addresses.money, abi: moneyAbi } as const
  const [held, allowed] = await Promise.all([
    at.ledger.publicClient.readContract({ ...token, functionName: 'balanceOf', args: [operator] }),
    at.ledger.publicClient.readContract({
      ...token,
      functionName: 'allowance',
      args: [operator, addresses.operators],
    }),
  ])
  if (held < amountAtomic)
    throw new Problem('funds_missing', {
      got: `${dollars(held)} of the owner`,
      expected: `${dollars(amountAtomic)} for the bond`,
    })
  return allowed >= amountAtomic ? [bond] : [allowBondCall(at.ledger, amountAtomic), bond]
}

/** Registers, or brings what stands on the ledger in line with the configuration; run twice it does nothing. */
export async function register(options: OwnerOptions & CardOptions & { bond?: string }): Promise<void> {
  const named = {
    paymentAddress: given(options.paymentAddress, '--payment-address', address),
    sessionKey: given(options.sessionKey, '--session-key', bytes32),
  }
  const at = await situation(options.config)
  const { settings, record } = at
  const keys = await keysOf(settings, named)
  const endpoint = options.endpoint ?? settings.endpoint
  if (endpoint === undefined)
    throw new Problem('config_invalid', {
      param: 'endpoint',
      got: 'no endpoint',
      expected: 'the URL where holders reach this node: endpoint in the configuration, or --endpoint',
    })
  const card = { endpoint, paymentKey: keys.paymentKey, prices: pricesOf(options, record?.prices) }
  if (!record) {
    const bondAtomic = options.bond === undefined ? await minimumBond(at) : money(options.bond, '--bond')
    const call = registerCall(settings.addresses, { ...card, sessionKey: keys.sessionKey, bondAtomic })
    return act(at, await bonding(at, bondAtomic, call), options)
  }
  const calls = changeCalls(settings.addresses, record, { ...card, sessionKey: keys.sessionKey })
  if (calls.length === 0)
    return answer(options.json || Boolean(options.print), { transactions: [], operator: record }, () =>
      ['registered so already', recordText(record)].join('\n'),
    )
  return act(at, calls, options)
}

function requireRecord({ record, settings }: Situation): OperatorRecord {
  if (record) return record
  throw new Problem('not_bonded', { got: `${settings.operator}, not registered`, expected: 'register first' })
}

export async function bond(amount: string, options: OwnerOptions): Promise<void> {
  const at = await situation(options.config)
  requireRecord(at)
  const amountAtomic = money(amount, 'amount')
  const call = addBondCall(at.settings.addresses, amountAtomic)
  return act(at, await bonding(at, amountAtomic, call), options)
}

export async function unbond(
  options: OwnerOptions & { cancel?: boolean; withdraw?: boolean; to?: string },
): Promise<void> {
  const to = given(options.to, '--to', address)
  const at = await situation(options.config)
  const { addresses, operator } = at.settings
  requireRecord(at)
  if (options.cancel) return act(at, [cancelUnbondingCall(addresses)], options)
  if (options.withdraw) return act(at, [withdrawBondCall(addresses, to ?? operator)], options)
  return act(at, [beginUnbondingCall(addresses)], options)
}

/** Without a price it only shows the card. */
export async function price(options: OwnerOptions & CardOptions): Promise<void> {
  const at = await situation(options.config)
  const record = requireRecord(at)
  const prices = pricesOf(options, record.prices)
  if (JSON.stringify(prices) === JSON.stringify(record.prices))
    return answer(options.json, record, () => recordText(record))
  const { endpoint, paymentKey } = record
  return act(at, [updateCall(at.settings.addresses, { endpoint, paymentKey, prices })], options)
}

/** What the ledger owes for answers that were claimed. */
export async function withdraw(options: OwnerOptions & { to?: string }): Promise<void> {
  const to = given(options.to, '--to', address)
  const at = await situation(options.config)
  const { addresses, operator } = at.settings
  const owed = await at.ledger.publicClient.readContract({
    address: addresses.works,
    abi: worksAbi,
    functionName: 'creditOf',
    args: [operator],
  })
  if (owed === 0n) throw new Problem('nothing_to_do', { got: `$0.00 owed to ${operator}` })
  if (!options.print && !options.json) note(`the ledger owes ${dollars(owed)}`)
  return act(at, [withdrawCreditCall(addresses, to ?? operator)], options)
}
