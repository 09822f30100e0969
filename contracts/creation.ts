/** Creates one contract on a chain that is the one it should be. */
import type { Abi, Account, Address, Chain, Hex, PublicClient, Transport, WalletClient } from 'viem'

export type Deployer = {
  publicClient: PublicClient
  walletClient: WalletClient<Transport, Chain, Account>
}

/** Sends one creation and waits for its receipt; says which contract failed. */
export async function deployContract(
  { publicClient, walletClient }: Deployer,
  name: string,
  creation: { abi: Abi; bytecode: Hex; args?: readonly unknown[] },
): Promise<{ address: Address; blockNumber: bigint }> {
  const hash = await walletClient.deployContract({ ...creation, args: creation.args ?? [] })
  const receipt = await publicClient.waitForTransactionReceipt({ hash })
  if (receipt.status !== 'success' || !receipt.contractAddress) {
    throw new Error(`${name} was not deployed: transaction ${hash} reverted. Check the deployer's arguments.`)
  }
  return { address: receipt.contractAddress, blockNumber: receipt.blockNumber }
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
