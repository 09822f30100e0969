/** A wallet over an account with code (EIP-7702), for tests: what it is asked to send is carried out by a bundler’s transaction. */
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import type { Hex } from '@grimoire/schema/hex'
import { sameAddress } from '@grimoire/schema/hex'
import {
  createTestClient,
  createWalletClient,
  custom,
  encodeFunctionData,
  http,
  type LocalAccount,
  multicall3Abi,
  numberToHex,
} from 'viem'
import { ACCOUNT_CODE_AT, accountCode } from './fixture-batching.ts'
import { randomBytes32, type Wallet } from './wallet.ts'

type Asked = { method: string; params?: unknown }
type Operation = { to: Hex; data: Hex }

/**
 * Answers with the bundler's transaction, as most do. What it `holds`, by whom it is for, waits until `place`, and is
 * answered with a name that the chain never hears; with `mayFail` the bundler's transaction passes though the call does not.
 */
export async function bundlingWallet(options: {
  rpcUrl: string
  multicall3: Hex
  account: LocalAccount
  bundler: LocalAccount
}) {
  const { rpcUrl, multicall3, account, bundler } = options
  const { address } = account
  const client = { chain: devnetChain, transport: http(rpcUrl), pollingInterval: 20, cacheTime: 0 } as const
  const signer = createWalletClient({ ...client, account: bundler })
  await createTestClient({ ...client, mode: 'anvil' }).setCode({
    ...{ address: ACCOUNT_CODE_AT, bytecode: accountCode(multicall3) },
  })
  const lent = await signer.signAuthorization({ account, contractAddress: ACCOUNT_CODE_AT })
  await signer.sendTransaction({ to: bundler.address, authorizationList: [lent] })
  const mood = { holds: null as Hex | null, mayFail: false }
  const held: Operation[] = []
  /** To whom it was asked to send. */
  const asked: Hex[] = []

  const carryOut = ({ to, data }: Operation): Promise<Hex> => {
    const run = [{ target: to, callData: data, allowFailure: mood.mayFail }]
    return signer.sendTransaction({
      ...{ to: address, gas: 1_500_000n },
      data: encodeFunctionData({ abi: multicall3Abi, functionName: 'aggregate3', args: [run] }),
    })
  }

  async function send(operation: Operation): Promise<Hex> {
    asked.push(operation.to)
    if (mood.holds && sameAddress(operation.to, mood.holds)) {
      held.push(operation)
      return randomBytes32()
    }
    return carryOut(operation)
  }

  const provider = {
    async request({ method, params = [] }: Asked): Promise<unknown> {
      const [first] = params as unknown[] // Safety: of the methods that are handled here, all have a list.
      if (method === 'eth_chainId') return numberToHex(devnetChain.id)
      if (method === 'eth_sendTransaction') return send(first as Operation) // Safety: viem asks in this shape.
      throw Object.assign(new Error(`This wallet does not do ${method}.`), { code: 4200 })
    },
  }
  const wallet: Wallet = createWalletClient({
    ...{ account: address, chain: devnetChain, transport: custom(provider, { retryCount: 0 }) },
  })
  const place = async () => {
    for (const operation of held.splice(0)) await carryOut(operation)
  }
  return { wallet, mood, asked, place }
}
