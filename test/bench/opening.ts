/** How long a node waits for a work: with a new connection, with one that stands, and with a key node that hangs. */
import { getBlob } from '@grimoire/client/edge'
import { sessionSecret } from '@grimoire/devnet/node'
import { openWork } from '@grimoire/seal/bundle'
import { sessionAccess, sessionKeyFrom } from '@grimoire/seal/grant'
import { litNetwork } from '@grimoire/seal/lit'
import { median, type Row, row, timed } from './row.ts'
import type { Stage } from './stage.ts'

const ROUNDS = 7

export async function benchOpening({ devnet, published, authSig }: Stage): Promise<Row[]> {
  const { market, addresses, folder, keyNodes } = devnet
  const connect = () =>
    litNetwork({ chainId: addresses.chainId, keyNetwork: addresses.keyNetwork, rpcUrl: devnet.chain.rpcUrl })
  const access = sessionAccess(authSig, sessionKeyFrom(sessionSecret(folder)))
  const fetchBlob = (sha256: string) => getBlob(market, { sha256 })
  const open = (network: ReturnType<typeof connect>) =>
    openWork(published.manifest, fetchBlob, network, access)

  const cold: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const network = connect()
    cold.push((await timed(() => open(network))).ms)
    await network.close()
  }
  const standing = connect()
  await open(standing)
  const warm: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) warm.push((await timed(() => open(standing))).ms)

  const [first] = keyNodes
  const hung: number[] = []
  if (first) process.kill(first.pid, 'SIGSTOP')
  try {
    for (let round = 0; round < ROUNDS; round += 1) hung.push((await timed(() => open(standing))).ms)
  } finally {
    if (first) process.kill(first.pid, 'SIGCONT')
  }
  await standing.close()
  const anchor = median(warm)
  return [
    row('open a work, connection stands', 'ms', anchor),
    row('open a work, new connection (anchor: standing)', 'ms', median(cold), { anchor }),
    row('open a work, one key node of three hung (anchor: none hung)', 'ms', median(hung), {
      anchor,
      goal: ['<= 1.5', ratio => ratio <= 1.5],
    }),
  ]
}
