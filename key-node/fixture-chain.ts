/** A real local chain and free ports, for tests. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { anvilBinary } from '@grimoire/contracts/foundry'

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no port was given')
  return address.port
}

/** A chain that mines each transaction at once, on a port that the system picks. */
export async function startChain(chainId: number): Promise<{ rpcUrl: string; process: ChildProcess }> {
  const process = spawn(anvilBinary(), ['--port', '0', '--chain-id', String(chainId)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const rpcUrl = await new Promise<string>((resolve, reject) => {
    let said = ''
    process.once('exit', code => reject(new Error(`anvil ended with ${code}: ${said}`)))
    process.stdout.on('data', chunk => {
      said += chunk
      const address = /Listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1]
      if (address) resolve(`http://${address}`)
    })
  })
  return { rpcUrl, process }
}
