/** Lies about the ground itself: which chain, which contracts, which key network, how fresh the index is, whose sign-in. */
import assert from 'node:assert/strict'
import { checkLedger } from '@grimoire/client/check-ledger'
import { askEdge } from '@grimoire/client/edge'
import { readEdgeHealth } from '@grimoire/client/edge-health'
import { openKeyNetwork } from '@grimoire/client/key-network'
import type { Market } from '@grimoire/client/market'
import { readOpened } from '@grimoire/client/open-copy'
import { signIn } from '@grimoire/client/sign-in'
import { networkAnswer } from '@grimoire/schema/catalogue'
import type { Ground } from './ground.ts'
import { caught, harmless, type Lie, named, says } from './lie.ts'

type Network = { addresses: Market['addresses']; rpcUrls: string[] }
type Health = { status: string; indexedBlock: number; headBlock: number | null; lagBlocks: number | null }

const addressed = (change: Partial<Market['addresses']>) =>
  says<Network>('/v1/network', ({ addresses, rpcUrls }) => ({
    addresses: { ...addresses, ...change },
    rpcUrls,
  }))

/** A program that takes its addresses from an edge, as the page does: asked, then held against the chain. */
async function enter(market: Market): Promise<Market> {
  const { addresses } = await askEdge(market, 'GET /v1/network', { schema: networkAnswer })
  await checkLedger({ ...market, addresses })
  return { ...market, addresses }
}

const ofAddresses = ({ works, creator, foreign }: Ground): Lie[] => [
  caught('another chain’s addresses', addressed({ chainId: 8453 }), enter, 'chain_wrong'),
  caught('another ledger’s works', addressed({ works: foreign.works }), enter, 'ledger_inconsistent'),
  caught(
    'a works address without a contract',
    addressed({ works: '0x00000000000000000000000000000000000000ee' }),
    enter,
    'ledger_inconsistent',
  ),
  caught('another settlement', addressed({ settlement: foreign.works }), enter, 'ledger_inconsistent'),
  caught('another money', addressed({ money: foreign.works }), enter, 'ledger_inconsistent'),
  caught(
    'another registry of operators',
    addressed({ operators: foreign.operators }),
    enter,
    'ledger_inconsistent',
  ),
  caught('another gate', addressed({ gate: foreign.gate }), enter, 'ledger_inconsistent'),
  caught(
    'another key network',
    addressed({ keyNetwork: foreign.keyNetwork }),
    async market => {
      const entered = await enter(market)
      const keyNetwork = openKeyNetwork(entered)
      await readOpened({ ...entered, keyNetwork }, { wallet: creator, workId: works.tower.workId }).finally(
        () => keyNetwork.close(),
      )
    },
    'network_key_mismatch',
  ),
  named({
    name: 'a whole ledger of its own',
    tells: addressed(foreign),
    does: enter,
    check: ({ addresses }) => assert.equal(addresses.works, foreign.works),
    line: 'which ledger is the right one',
  }),
  named({
    name: 'an RPC of its own',
    tells: says<Network>('/v1/network', body => ({ ...body, rpcUrls: ['http://127.0.0.1:9'] })),
    does: market => askEdge(market, 'GET /v1/network', { schema: networkAnswer }),
    check: ({ rpcUrls }) => assert.deepEqual(rpcUrls, ['http://127.0.0.1:9']),
    line: 'which ledger is the right one',
  }),
]

const health = (change: (told: Health) => Partial<Health>) =>
  says<Health>('/v1/health', told => ({ ...told, ...change(told) }))

const ofState = ({ stranger }: Ground): Lie[] => [
  harmless({
    name: 'that it is well, while it sleeps',
    tells: health(() => ({ status: 'ok', indexedBlock: 1, headBlock: 1, lagBlocks: 0 })),
    does: readEdgeHealth,
    check: ({ lagBlocks, headBlock }) => assert.ok(lagBlocks > 10 && headBlock > 10),
  }),
  caught(
    'blocks that are not there yet',
    health(({ indexedBlock }) => ({ indexedBlock: indexedBlock + 1_000 })),
    readEdgeHealth,
    'edge_lied',
  ),
  caught(
    'a sign-in to another edge',
    says<{ domain: string }>('/v1/sessions/nonce', asked => ({
      ...asked,
      domain: 'bank.example',
    })),
    market => signIn(market, { wallet: stranger }),
    'edge_lied',
  ),
]

export const liesAboutLedger = (ground: Ground): Lie[] => [...ofAddresses(ground), ...ofState(ground)]
