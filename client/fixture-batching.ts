/** A wallet that takes batches (EIP-5792), for tests: each truly runs as one transaction, by an account that EIP-7702 lends the batching contract's code. */

import { devnetChain } from '@grimoire/contracts/devnet-chain'
import type { Hex } from '@grimoire/schema/hex'
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  http,
  type LocalAccount,
  multicall3Abi,
  numberToHex,
  type TransactionReceipt,
} from 'viem'

type Asked = { method: string; params?: unknown }
type Batch = { id: string; calls: { to: Hex; data: Hex }[]; atomicRequired?: boolean }

/** Where the code stands that the accounts of these wallets are lent. */
export const ACCOUNT_CODE_AT: Hex = '0x00000000000000000000000000000000005792aa'

/** Takes editions, as every smart account does, and hands all else to the batching contract's code, run as its own. */
export const accountCode = (multicall3: Hex): Hex =>
  `0x${[
    '36156057575f3560e01c', // nothing asked: stop; else the selector
    '8063f23a6e6114604c57', // onERC1155Received: answered with itself
    '8063bc197c8114604c57', // onERC1155BatchReceived: likewise
    '50365f5f375f5f365f73', // everything else by a delegate call
    multicall3.slice(2).toLowerCase(),
    '5af43d5f5f3e6048573d5ffd',
    '5b3d5ff3',
    '5b60e01b5f5260205ff3',
    '005b00',
  ].join('')}`

const refusal = (code: number, message: string) => Object.assign(new Error(message), { code })

const toRpc = ({ logs, status, blockHash, blockNumber, gasUsed, transactionHash }: TransactionReceipt) => ({
  ...{ logs, blockHash, transactionHash },
  status: status === 'success' ? '0x1' : '0x0',
  blockNumber: numberToHex(blockNumber),
  gasUsed: numberToHex(gasUsed),
})

/** What it was asked to confirm stands in `asked`; it may refuse, and it may be slow to say that it has sent. */
export function batchingWallet(options: { rpcUrl: string; account: LocalAccount; multicall3: Hex }) {
  const { rpcUrl, account, multicall3 } = options
  const client = { chain: devnetChain, transport: http(rpcUrl), pollingInterval: 50, cacheTime: 0 } as const
  const publicClient = createPublicClient(client)
  const signer = createWalletClient({ ...client, account })
  const sent = new Map<string, Hex>()
  const asked: string[] = []
  const mood = { refuses: false, loses: false, atomic: 'supported' as string }
  const chainId = numberToHex(devnetChain.id)

  const lend = () =>
    createTestClient({ ...client, mode: 'anvil' }).setCode({
      ...{ address: ACCOUNT_CODE_AT, bytecode: accountCode(multicall3) },
    })

  async function sendCalls({ id, calls }: Batch): Promise<{ id: string }> {
    if (sent.has(id)) throw refusal(5720, 'There is already a batch of this id.')
    asked.push('wallet_sendCalls')
    if (mood.refuses) throw refusal(4001, 'User rejected the request.')
    const code = await publicClient.getCode({ address: account.address })
    const lent = code
      ? []
      : [await signer.signAuthorization({ contractAddress: ACCOUNT_CODE_AT, executor: 'self' })]
    if (!code) await lend()
    const run = calls.map(({ to, data }) => ({ target: to, callData: data, allowFailure: false }))
    const hash = await signer.sendTransaction({
      to: account.address,
      ...(lent.length > 0 ? { authorizationList: lent } : {}),
      data: encodeFunctionData({ abi: multicall3Abi, functionName: 'aggregate3', args: [run] }),
      // A fixed sum: an estimate would not let a batch go out that reverts.
      gas: 1_500_000n,
    })
    sent.set(id, hash)
    if (mood.loses) throw new Error('the answer of the wallet was lost')
    return { id }
  }

  async function statusOf(id: string) {
    const hash = sent.get(id)
    if (!hash) throw refusal(5730, 'No batch has this id.')
    const receipt = await publicClient.getTransactionReceipt({ hash }).catch(() => null)
    const status = receipt === null ? 100 : receipt.status === 'success' ? 200 : 500
    return { version: '2.0.0', id, chainId, status, atomic: true, receipts: receipt ? [toRpc(receipt)] : [] }
  }

  return {
    asked,
    mood,
    async request({ method, params = [] }: Asked): Promise<unknown> {
      const [first] = params as unknown[] // Safety: of EIP-1193's methods that are handled here, all have a list.
      if (method === 'eth_accounts' || method === 'eth_requestAccounts') return [account.address]
      if (method === 'eth_chainId') return chainId
      if (method === 'wallet_getCapabilities') return { [chainId]: { atomic: { status: mood.atomic } } }
      if (method === 'wallet_sendCalls') return sendCalls(first as Batch) // Safety: viem asks in EIP-5792's own shape.
      if (method === 'wallet_getCallsStatus') return statusOf(String(first))
      throw refusal(4200, `This wallet does not do ${method}.`)
    },
  }
}
