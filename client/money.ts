/** The deployment's money token: its EIP-712 domain, allowances, and EIP-3009 authorizations for one exact payment. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { encodeFunctionData, parseAbi } from 'viem'
import { ledgerProblem } from './ledger-errors.ts'
import type { Ledger } from './market.ts'
import { chainSeconds, type Sent, sendCall, signing, type Wallet } from './wallet.ts'

/** How long a signed authorization may wait for its block. */
const AUTHORIZATION_SECONDS = 3600

const RECEIVE_TYPES = {
  ReceiveWithAuthorization: [
    { name: 'from', type: 'address' },
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'validAfter', type: 'uint256' },
    { name: 'validBefore', type: 'uint256' },
    { name: 'nonce', type: 'bytes32' },
  ],
} as const

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

/** Raises the allowance of `spender` to exactly what is needed; returns null when it is enough already. */
export async function allow(
  ledger: Ledger,
  { wallet, spender, amountAtomic }: { wallet: Wallet; spender: Hex; amountAtomic: bigint },
): Promise<Sent | null> {
  const { publicClient, addresses } = ledger
  const owner = wallet.account.address
  const current = await publicClient.readContract({
    ...read,
    address: addresses.money,
    functionName: 'allowance',
    args: [owner, spender],
  })
  if (current >= amountAtomic) return null
  const data = encodeFunctionData({ ...read, functionName: 'approve', args: [spender, amountAtomic] })
  return sendCall(ledger, { wallet, to: addresses.money, data, what: 'allowing the payment' })
}

/** One wallet signature that lets exactly `to` take exactly this sum for exactly the purpose that the nonce names. */
export async function authorize(
  ledger: Ledger,
  { wallet, to, valueAtomic, nonce }: { wallet: Wallet; to: Hex; valueAtomic: bigint; nonce: Hex },
) {
  const [domain, now] = await Promise.all([moneyDomain(ledger), chainSeconds(ledger)])
  const from = wallet.account.address
  const validBefore = BigInt(now + AUTHORIZATION_SECONDS)
  const asked = wallet.signTypedData({
    account: wallet.account,
    domain,
    types: RECEIVE_TYPES,
    primaryType: 'ReceiveWithAuthorization',
    message: { from, to, value: valueAtomic, validAfter: 0n, validBefore, nonce },
  })
  return { from, validAfter: 0n, validBefore, signature: await signing(asked) }
}
