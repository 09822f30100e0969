/** `npm run visit -- creator|holder|operator`: one small, whole example for each of the three people, on a running market. */
import { parseArgs } from 'node:util'
import { createMarket } from '@grimoire/client/market'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { Problem } from '@grimoire/schema/problem'
import { litNetwork } from '@grimoire/seal/lit'
import { createPublicClient, createWalletClient, http, type LocalAccount } from 'viem'
import { exitWith } from './arguments.ts'
import { shiftedPorts } from './ports.ts'
import { visitCreator } from './visit-creator.ts'
import { visitHolder } from './visit-holder.ts'
import { visitOperator } from './visit-operator.ts'

/** Everything that a program of yours would need as well: an RPC, an edge, and the addresses that the edge names. */
async function enter(offset: string) {
  const ports = shiftedPorts(offset)
  const edgeUrl = `http://127.0.0.1:${ports.edge}`
  const answer = await fetch(`${edgeUrl}/v1/addresses`).catch(cause => {
    throw new Problem('edge_unreachable', { got: edgeUrl, expected: 'a market that runs: npm start', cause })
  })
  const addresses = ledgerAddresses.parse(await answer.json())
  const chain = {
    chain: devnetChain,
    transport: http(`http://127.0.0.1:${ports.chain}`),
    pollingInterval: 200,
  } as const
  const publicClient = createPublicClient(chain)
  const keyNetwork = litNetwork({
    chainId: addresses.chainId,
    keyNetwork: addresses.keyNetwork,
    publicClient,
  })
  return {
    market: createMarket({ addresses, publicClient, edgeUrl, keyNetwork }),
    nodeUrl: `http://127.0.0.1:${ports.node}`,
    walletOf: (account: LocalAccount) => createWalletClient({ ...chain, account }),
    say: (text: string) => void process.stdout.write(`${text}\n`),
  }
}

export type Visit = Awaited<ReturnType<typeof enter>>

const PEOPLE = { creator: visitCreator, holder: visitHolder, operator: visitOperator }
type Person = keyof typeof PEOPLE
const isPerson = (name: string): name is Person => Object.hasOwn(PEOPLE, name)

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { 'port-offset': { type: 'string' } },
    allowPositionals: true,
  })
  const [name = '', ...words] = positionals
  if (!isPerson(name)) {
    throw new Problem('config_invalid', { got: name || 'nobody', expected: Object.keys(PEOPLE).join(', ') })
  }
  const visit = await enter(values['port-offset'] ?? '0')
  await PEOPLE[name](visit, words.join(' '))
}

main().then(() => process.exit(0), exitWith)
