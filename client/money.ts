/** The deployment's money token: its EIP-712 domain, allowances, permits, and EIP-3009 authorizations for one exact payment. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from '@grimoire/schema/hex'
import { authorizationTypedData, PERMIT_TYPES, type Validity } from '@grimoire/schema/money'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData, parseAbi, parseSignature } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { chainSeconds, type Sent, sendCall, signing, type Wallet } from './wallet.ts'

/** How long a signed authorization may wait for its block. */
const AUTHORIZATION_SECONDS = 3600

const VERSION_ABI = parseAbi(['function version() view returns (string)'])

const read = { abi: moneyAbi } as const

/** The domain that the token verifies signatures under, read from the token itself. */
export async function moneyDomain({ publicClient, addresses }: Ledger) {
  const token = { ...read, address: addresses.money } as const
  const [name, version] = await Promise.all([
    publicClient.readContract({ ...token, functionName: 'name' }),
    // USDC answers `version()`; a token without it uses EIP-712's usual first version.
    publicClient
      .readContract({ address: token.address, abi: VERSION_ABI, functionName: 'version' })
      .catch(() => '1'),
  ])
  return { name, version, chainId: addresses.chainId, verifyingContract: addresses.money } as const
}

export async function moneyOf({ publicClient, addresses }: Ledger, account: Hex): Promise<bigint> {
  return publicClient
    .readContract({ ...read, address: addresses.money, functionName: 'balanceOf', args: [account] })
    .catch(error => {
      throw ledgerProblem(error, 'reading a balance')
    })
}

/** Refuses before anything is signed when the account holds too little. */
export async function requireMoney(ledger: Ledger, account: Hex, neededAtomic: bigint): Promise<void> {
  const held = await moneyOf(ledger, account)
  if (held < neededAtomic) throw new Problem('funds_missing', { got: held, expected: neededAtomic })
}

/** The call that lets `spender` take exactly so much. */
export const allowCall = ({ addresses }: Ledger, spender: Hex, amountAtomic: bigint) => ({
  to: addresses.money,
  data: encodeFunctionData({ ...read, functionName: 'approve', args: [spender, amountAtomic] }),
})

/** Raises the allowance of `spender` to exactly what is needed; returns null when it is enough already. */
export async function allow(
  ledger: Ledger,
  {
    wallet,
    spender,
    amountAtomic,
    onSend = () => {},
  }: { wallet: Wallet; spender: Hex; amountAtomic: bigint; onSend?: () => void },
): Promise<Sent | null> {
  if ((await allowanceOf(ledger, wallet.account.address, spender)) >= amountAtomic) return null
  const call = allowCall(ledger, spender, amountAtomic)
  return sendCall(ledger, { wallet, ...call, what: 'allowing the payment', onSend })
}

export async function allowanceOf(ledger: Ledger, owner: Hex, spender: Hex): Promise<bigint> {
  const token = { ...read, address: ledger.addresses.money } as const
  return ledger.publicClient
    .readContract({ ...token, functionName: 'allowance', args: [owner, spender] })
    .catch(error => {
      throw ledgerProblem(error, 'reading an allowance')
    })
}

/** One wallet signature that allows exactly this sum, for a call of the same wallet. */
export async function permit(
  ledger: Ledger,
  { wallet, spender, valueAtomic }: { wallet: Wallet; spender: Hex; valueAtomic: bigint },
) {
  const owner = wallet.account.address
  const token = { ...read, address: ledger.addresses.money } as const
  const [domain, now, nonce] = await Promise.all([
    moneyDomain(ledger),
    chainSeconds(ledger),
    ledger.publicClient.readContract({ ...token, functionName: 'nonces', args: [owner] }),
  ])
  const deadlineSeconds = BigInt(now + AUTHORIZATION_SECONDS)
  const asked = wallet.signTypedData({
    account: wallet.account,
    domain,
    types: PERMIT_TYPES,
    primaryType: 'Permit',
    message: { owner, spender, value: valueAtomic, nonce, deadline: deadlineSeconds },
  })
  const { r, s, yParity } = parseSignature(await signing(asked))
  return { deadlineSeconds, v: 27 + yParity, r, s }
}
export type Permit = Awaited<ReturnType<typeof permit>>

/** One wallet signature that pays exactly this sum for what the nonce names; good for an hour where no validity is given. */
export async function authorize(
  ledger: Ledger,
  options: { wallet: Wallet; to: Hex; valueAtomic: bigint; nonce: Hex; validity?: Validity },
) {
  const { wallet, to, valueAtomic: value, nonce } = options
  const [domain, now] = await Promise.all([moneyDomain(ledger), chainSeconds(ledger)])
  const from = wallet.account.address
  const { validAfter, validBefore } = options.validity ?? {
    validAfter: 0n,
    validBefore: BigInt(now + AUTHORIZATION_SECONDS),
  }
  const typed = authorizationTypedData(domain, { from, to, value, validAfter, validBefore, nonce })
  const signature = await signing(wallet.signTypedData({ account: wallet.account, ...typed }))
  return { from, validAfter, validBefore, signature }
}
