/** The devnet's ports: fixed and documented for `npm start`, free ones for the demo and for tests. */
import { createServer } from 'node:net'
import { Problem } from '@grimoire/schema/problem'

export type Ports = { chain: number; keyNodes: readonly number[]; edge: number; node: number }

export const DEVNET_PORTS: Ports = { chain: 8545, keyNodes: [7471, 7472, 7473], edge: 8787, node: 8080 }

const HOST = '127.0.0.1'
const HIGHEST_PORT = 65_535

/** The same ports further up, for a second market beside the first. */
export function shiftedPorts(offset: string): Ports {
  const by = Number(offset)
  const { chain, keyNodes, edge, node } = DEVNET_PORTS
  const highest = Math.max(chain, edge, node, ...keyNodes) + by
  if (!Number.isInteger(by) || by < 0 || highest > HIGHEST_PORT) {
    throw new Problem('config_invalid', {
      param: '--port-offset',
      got: offset,
      expected: `a whole number from 0 to ${HIGHEST_PORT - highest + by}`,
    })
  }
  return { chain: chain + by, keyNodes: keyNodes.map(port => port + by), edge: edge + by, node: node + by }
}

/** Listens for a moment: the only question about a port that the system answers for certain. */
function probe(port: number): Promise<number | null> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen(port, HOST, () => {
      const address = server.address()
      const got = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(got))
    })
  })
}

/** Throws with the name of the first part whose port is held by another program. */
export async function requireFree(ports: Ports): Promise<void> {
  const wanted: [string, number][] = [
    ['the chain', ports.chain],
    ...ports.keyNodes.map((port, index): [string, number] => [`key node ${index + 1}`, port]),
    ['the edge', ports.edge],
    ['the inference node', ports.node],
  ]
  for (const [part, port] of wanted) {
    if ((await probe(port)) === null) {
      throw new Problem('port_taken', {
        got: `port ${port} in use by another program`,
        expected: `it free for ${part}`,
      })
    }
  }
}

/** Below what a system hands to outgoing connections: a port from there can be taken between being found free and being used. */
const FOUND = { from: 20_000, below: 32_000 }

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = FOUND.from + Math.floor(Math.random() * (FOUND.below - FOUND.from))
    if (!taken.has(port) && (await probe(port)) !== null) return port
  }
  throw new Problem('port_taken', {
    got: 'no free port in a thousand tries',
    expected: `one from ${FOUND.from} to ${FOUND.below}`,
  })
}

/** Six ports that nobody holds now, no two the same. */
export async function freePorts(): Promise<Ports> {
  const found = new Set<number>()
  while (found.size < 6) found.add(await freePort(found))
  const [chain = 0, one = 0, two = 0, three = 0, edge = 0, node = 0] = found
  return { chain, keyNodes: [one, two, three], edge, node }
}

/** An offset whose shifted ports are free, all six. */
export async function freeOffset(): Promise<number> {
  const { chain } = await freePorts()
  const by = chain - DEVNET_PORTS.chain
  const free = await requireFree(shiftedPorts(String(by))).then(
    () => true,
    () => false,
  )
  return free ? by : freeOffset()
}
