/** The payment key on the chain: one transaction at a time, since parallel ones would take the same nonce. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { withSpareGas } from '@grimoire/schema/gas'
import type { Hex } from '@grimoire/schema/hex'
import {
  type Abi,
  createWalletClient,
  encodeFunctionData,
  http,
  keccak256,
  type PublicClient,
  type SendTransactionParameters,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { chainOf, type Ledger } from '../admission/ledger.ts'

export type GasPayer = ReturnType<typeof gasPayer>

export type ContractCall = {
  address: Hex
  abi: Abi
  functionName: string
  args: readonly unknown[]
  gas?: bigint
}
type Note = (txHash: Hex) => void

export function gasPayer(ledger: Ledger, paymentKey: Hex) {
  const { rpcUrl, addresses } = ledger.options
  const account = privateKeyToAccount(paymentKey)
  const wallet = createWalletClient({
    account,
    chain: chainOf(addresses.chainId, rpcUrl),
    transport: http(rpcUrl),
  })
  const notes = new AsyncLocalStorage<Note>()
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(send: () => Promise<T>): Promise<T> => {
    const result = last.then(send)
    last = result.catch(() => undefined)
    return result
  }
  /** Signed here, so that its hash is known before anybody else has the transaction. */
  const send = (request: Pick<SendTransactionParameters, 'to' | 'data' | 'gas' | 'value'>): Promise<Hex> =>
    inTurn(async () => {
      const prepared = await wallet.prepareTransactionRequest({ ...request, type: 'eip1559' })
      const gas = request.gas ?? withSpareGas(prepared.gas)
      const serializedTransaction = await account.signTransaction({ ...prepared, gas })
      notes.getStore()?.(keccak256(serializedTransaction))
      return wallet.sendRawTransaction({ serializedTransaction })
    })
  const call = ({ address, abi, functionName, args, gas }: ContractCall): Promise<Hex> =>
    send({
      to: address,
      data: encodeFunctionData({ abi, functionName, args }),
      ...(gas === undefined ? {} : { gas }),
    })
  /** Whatever `work` sends is told to `note` before it is sent: no crash leaves a transaction that nobody knows of. */
  const noting = <T>(note: Note, work: () => Promise<T>): Promise<T> => notes.run(note, work)
  return { account, wallet, client: ledger.client as PublicClient, inTurn, send, call, noting }
}
