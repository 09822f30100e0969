/** Creates one contract, once, through the deterministic deployment proxy of a chain that is the one it should be. */
import { setTimeout as sleep } from 'node:timers/promises'
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
import { type Creation, PROXY_ADDRESS, PROXY_SIGNER, planCreation, proxyData } from './plan.ts'

export type Deployer = {
  publicClient: PublicClient
  walletClient: WalletClient<Transport, Chain, Account>
}

/** A provider's servers do not all know the latest block at once. */
const CODE_LOOKS = 10
const CODE_LOOK_EVERY_MS = 500

/** A foreign reason longer than this is no longer one sentence. */
const MAX_REASON_LENGTH = 300

export type Created = { creation: Creation; blockNumber: bigint; gasUsed: bigint }

/** Creates one contract through the proxy; null if it already stood. Says which contract failed. */
export async function createOnce(deployer: Deployer, creation: Creation): Promise<Created | null> {
  const { publicClient, walletClient } = deployer
  const { name, address } = creation
  if (await publicClient.getCode({ address })) return null
  await checkConstructor(publicClient, creation, walletClient.account.address)
  const sent = walletClient.sendTransaction({ to: PROXY_ADDRESS, data: proxyData(creation) })
  const hash = await sent.catch((error: unknown) => {
    throw creationError(creation, error)
  })
  const { status, blockNumber, gasUsed } = await publicClient.waitForTransactionReceipt({ hash })
  // Code, not the receipt, decides: who creates the same contract a moment earlier has done our work.
  for (let look = 0; look < CODE_LOOKS; look += 1) {
    const stands = await publicClient.getCode({ address })
    if (stands) return status === 'success' ? { creation, blockNumber, gasUsed } : null
    await sleep(CODE_LOOK_EVERY_MS)
  }
  throw new Error(
    `${name} was not deployed: transaction ${hash} left nothing at ${address}. Run the deployment again; it continues.`,
  )
}

/** The same, from code and arguments. */
export async function deployContract(
  deployer: Deployer,
  name: string,
  { abi, bytecode, args = [] }: { abi: Abi; bytecode: Hex; args?: readonly unknown[] },
): Promise<{ address: Address }> {
  const creation = planCreation(name, abi, bytecode, args)
  await createOnce(deployer, creation)
  return creation
}

/** The proxy swallows a constructor's reason, so the constructor is asked beforehand. */
export async function checkConstructor(
  publicClient: PublicClient,
  creation: Creation,
  account: Address,
): Promise<void> {
  await publicClient.call({ account, data: creation.initCode }).catch((error: unknown) => {
    throw creationError(creation, error)
  })
}

/**
 * Why a creation was not sent, in one sentence. Without viem's error as its cause: every link of that chain quotes the
 * whole creation, kilobytes of bytecode that bury the reason.
 */
function creationError({ name, abi }: Creation, error: unknown): Error {
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

/** Throws unless the chain answers and is the expected one. */
export async function checkChain(publicClient: PublicClient, expected: number): Promise<void> {
  // A key in the path of a provider's URL is nobody's to read in a log.
  const url = publicClient.transport.url
  const where =
    typeof url === 'string' && URL.canParse(url) ? `the chain at ${new URL(url).origin}` : 'the chain'
  const chainId = await publicClient.getChainId().catch(() => {
    throw new Error(`${where} does not answer. Start it, or correct the URL.`)
  })
  if (chainId === expected) return
  throw new Error(
    `${where}: got the chain id ${chainId}, expected ${expected}. Correct the URL, or name another chain.`,
  )
}

/** Throws unless the chain has the proxy that makes addresses the same everywhere. */
export async function checkProxy(publicClient: PublicClient): Promise<void> {
  if (await publicClient.getCode({ address: PROXY_ADDRESS })) return
  throw new Error(
    `the chain has nothing at ${PROXY_ADDRESS}, where the deterministic deployment proxy should be. ` +
      `Send 0.01 ether to ${PROXY_SIGNER} and publish the transaction that docs/deploy.md quotes; with anvil, ` +
      'leave out --disable-default-create2-deployer.',
  )
}
