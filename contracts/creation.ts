/** Creates one contract on a chain that is the one it should be. */
import {
  type Abi,
  type Account,
  type Address,
  BaseError,
  type Chain,
  decodeErrorResult,
  type Hex,
  type PublicClient,
  type Transport,
  type WalletClient,
} from 'viem'

export type Deployer = {
  publicClient: PublicClient
  walletClient: WalletClient<Transport, Chain, Account>
}

/** A foreign reason longer than this is no longer one sentence. */
const MAX_REASON_LENGTH = 300

/** Sends one creation and waits for its receipt; says which contract failed. */
export async function deployContract(
  { publicClient, walletClient }: Deployer,
  name: string,
  creation: { abi: Abi; bytecode: Hex; args?: readonly unknown[] },
): Promise<{ address: Address; blockNumber: bigint }> {
  const sent = walletClient.deployContract({ ...creation, args: creation.args ?? [] })
  const hash = await sent.catch((error: unknown) => {
    throw creationError(name, creation.abi, error)
  })
  const receipt = await publicClient.waitForTransactionReceipt({ hash })
  if (receipt.status !== 'success' || !receipt.contractAddress) {
    throw new Error(`${name} was not deployed: transaction ${hash} reverted. Check the deployer's arguments.`)
  }
  return { address: receipt.contractAddress, blockNumber: receipt.blockNumber }
}

/**
 * Why a creation was not sent, in one sentence. Without viem's error as its cause: every link of that chain quotes the
 * whole creation, kilobytes of bytecode that bury the reason.
 */
function creationError(name: string, abi: Abi, error: unknown): Error {
  const data = revertDataOf(error)
  if (data) {
    return new Error(
      `${name} was not deployed: its constructor refused with ${refusalText(abi, data)}. ` +
        "Correct the arguments that the refusal names in the deployer's options.",
    )
  }
  const text = error instanceof BaseError ? error.shortMessage : String(error)
  const [reason = ''] = text.split('\n')
  return new Error(
    `${name} was not deployed: ${reason.slice(0, MAX_REASON_LENGTH).replace(/\.$/, '')}. ` +
      "Check the chain and the deployer's balance on it.",
  )
}

/** The bytes that a creation reverted with, from whichever link of viem's chain of causes has them. */
function revertDataOf(error: unknown): Hex | undefined {
  let data: Hex | undefined
  for (let link = error; link instanceof Error; link = link.cause) {
    if (!('data' in link)) continue
    const found = link.data
    if (typeof found === 'string' && /^0x[0-9a-f]{8,}$/i.test(found)) data = found as Hex // Safety: just matched.
  }
  return data
}

/** "Works_FeeTooHigh(feeBps 501, maxBps 500)"; an error that the ABI lacks by its first bytes. */
function refusalText(abi: Abi, data: Hex): string {
  try {
    const { errorName, abiItem, args = [] } = decodeErrorResult({ abi, data })
    const inputs = 'inputs' in abiItem ? (abiItem.inputs ?? []) : []
    const values = args.map((value, i) => `${inputs[i]?.name ?? ''} ${String(value)}`.trim())
    return `${errorName}(${values.join(', ')})`
  } catch {
    return `an error unknown to its ABI, ${data.slice(0, 10)}`
  }
}

/** Throws unless the chain answers and is the one that the wallet signs for. */
export async function checkChain({ publicClient, walletClient }: Deployer): Promise<number> {
  const expected = walletClient.chain.id
  const chainId = await publicClient.getChainId().catch((cause: unknown) => {
    throw new Error(
      `the chain at ${publicClient.transport.url ?? 'its RPC'} does not answer. Start it, or correct the URL.`,
      { cause },
    )
  })
  if (chainId !== expected) {
    throw new Error(
      `the chain's id is ${chainId}, but the wallet signs for ${expected}. Use one chain for both.`,
    )
  }
  return chainId
}
