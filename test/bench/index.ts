/** How fast an edge that has nothing catches up with a chain: events a second, through its own route, in a real workerd. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { termsToChain } from '@grimoire/schema/work'
import { indexNow, people, startWorld, type World } from '@grimoire/worker/fixture'
import { startEdge } from '@grimoire/worker/local'
import { exampleTerms, fund, workIdOf } from '@grimoire/worker/seed'
import { encodeFunctionData, type Hex, keccak256, toHex } from 'viem'
import { type Row, row } from './row.ts'

const WORKS = 500
const TRADES = 6_000
/** Ten times what a devnet's second brings: 200 transactions in a block. */
const PER_BLOCK = 200
const FINALITY_BLOCKS = 2
const QUIET_BLOCKS = 4_000
const BASE_BLOCKS_A_DAY = 43_200
const BASE_BLOCKS_A_MINUTE = 30

const { creator, holder } = people

async function fill(world: World): Promise<void> {
  const ask = (method: string, params: unknown[] = []) =>
    world.publicClient.request({ method, params } as Parameters<typeof world.publicClient.request>[0]) // Safety: anvil's own methods.
  const ledger = world.addresses.works
  const send = (from: Hex, data: Hex) =>
    ask('eth_sendTransaction', [{ from, to: ledger, data, gas: '0x7a120' }])
  await fund(world, holder)
  const ids: bigint[] = []
  for (let at = 0; at < WORKS; at++) ids.push(await workIdOf(world, creator, `bench ${at}`))
  await world.testClient.setAutomine(false)
  await world.testClient.setBlockGasLimit({ gasLimit: 2n ** 31n })
  for (let at = 0; at < WORKS; at++) {
    const args = [
      keccak256(toHex(`bench ${at}`)),
      termsToChain({ ...exampleTerms, editionCap: 100_000 }),
      [],
      [],
    ] as const
    const data = encodeFunctionData({
      abi: worksAbi,
      functionName: 'create',
      args: [...args, keccak256(toHex(at))],
    })
    await send(creator.address, data)
    if (at % PER_BLOCK === PER_BLOCK - 1) await ask('evm_mine')
  }
  for (let at = 0; at < TRADES; at++) {
    const args = [ids[at % WORKS] ?? 0n, 1n, holder.address, 10n ** 12n] as const
    await send(holder.address, encodeFunctionData({ abi: worksAbi, functionName: 'mint', args }))
    if (at % PER_BLOCK === PER_BLOCK - 1) await ask('evm_mine')
  }
  await ask('evm_mine')
  await world.testClient.mine({ blocks: FINALITY_BLOCKS + 1 })
}

async function catchUp(world: World, finalityBlocks: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-bench-'))
  const edge = await startEdge({ ...world.edgeOptions, stateFolder: folder, finalityBlocks })
  try {
    const started = performance.now()
    for (;;) {
      const { body } = await indexNow(edge)
      if (body.reason || body.blockNumber === undefined) throw new Error(JSON.stringify(body))
      if (body.blockNumber === body.headBlockNumber) return performance.now() - started
    }
  } finally {
    await edge.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Blocks with nothing of ours in them, as a public chain mostly has: a part of a day, because anvil keeps each block's state. */
async function quietBlocksPerSecond(): Promise<number> {
  const world = await startWorld()
  try {
    for (let left = QUIET_BLOCKS; left > 0; left -= 100) await world.testClient.mine({ blocks: 100 })
    return QUIET_BLOCKS / ((await catchUp(world, 64)) / 1000)
  } finally {
    await world.stop()
  }
}

export async function benchIndex(): Promise<Row[]> {
  const world = await startWorld()
  try {
    await fill(world)
    const { addresses, publicClient } = world
    const address = [addresses.works, addresses.operators, addresses.admissions]
    const head = await publicClient.getBlockNumber()
    let events = 0
    for (let block = 0n; block <= head; block++)
      events += (await publicClient.getLogs({ address, fromBlock: block, toBlock: block })).length
    const below = await catchUp(world, FINALITY_BLOCKS)
    const above = await catchUp(world, 10_000)
    const quiet = await quietBlocksPerSecond()
    const perSecond = (ms: number) => events / (ms / 1000)
    const enough: [string, (figure: number) => boolean] = ['>= 2000', figure => figure >= 2_000]
    return [
      row('events of our ledger on the chain', 'events', events),
      row('indexed below finality, in ranges', 'events/s', perSecond(below), { goal: enough }),
      row('indexed above finality, block by block, journalled', 'events/s', perSecond(above), {
        goal: enough,
      }),
      row('quiet blocks of a public chain, in ranges', 'blocks/s', quiet, {
        goal: ['a day of them within the clock’s minute', figure => figure * 60 >= BASE_BLOCKS_A_DAY],
      }),
      row('blocks that a minute of such a chain adds', 'blocks', BASE_BLOCKS_A_MINUTE),
    ]
  } finally {
    await world.stop()
  }
}
