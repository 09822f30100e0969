/** A real local chain, for tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { anvilBinary } from '@grimoire/contracts/foundry'
import { createTestClient, http } from 'viem'

/** So old is the first block, that a nonce which is too old can be had. */
const GENESIS_AGE_SECONDS = 2 * 3600

/** A chain that mines each transaction at once, on a port that the system picks. */
export async function startChain(chainId: number): Promise<{ rpcUrl: string; process: ChildProcess }> {
  const genesisSeconds = Math.floor(Date.now() / 1000) - GENESIS_AGE_SECONDS
  const options = { port: 0, 'chain-id': chainId, timestamp: genesisSeconds }
  const process = spawn(
    anvilBinary(),
    Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  const rpcUrl = await new Promise<string>((resolve, reject) => {
    let said = ''
    process.once('exit', code => reject(new Error(`anvil ended with ${code}: ${said}`)))
    process.stdout.on('data', chunk => {
      said += chunk
      const address = /Listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1]
      if (address) resolve(`http://${address}`)
    })
  })
  // From here on the chain's time is the clock's, however long it took to start.
  const clock = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await clock.setNextBlockTimestamp({ timestamp: BigInt(Math.floor(Date.now() / 1000)) })
  await clock.mine({ blocks: 1 })
  return { rpcUrl, process }
}
