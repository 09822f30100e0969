/** Everything that both sides know at the end of a sequence, under the same names, so that one comparison sees any difference. */
import type { Address } from 'viem'
import type { Channels } from './channels.ts'
import { people, treasury, type World, works } from './fixture.ts'
import type { Market } from './market.ts'
import { channelOf, WITHDRAW_DELAY } from './signing.ts'

export type State = Record<string, string>

/** Nonces that the acts use; 128 and above have words of their own. */
const NONCES = [0n, 1n, 127n, 128n, 300n]
const TEXT = (value: unknown): string => (Array.isArray(value) ? value.map(String).join(' ') : String(value))

const splitters = (world: World) =>
  works.flatMap((_, work) =>
    people.map(({ address: operator }) => ({ work, operator, splitter: world.splitter(work, operator) })),
  )

const channels = (world: World) =>
  people.flatMap(({ address: payer }) =>
    splitters(world).map(({ operator, splitter }) =>
      channelOf(world, {
        payer,
        payerAuthorizer: payer,
        receiver: splitter,
        receiverAuthorizer: operator,
        token: world.contracts.money.address,
        withdrawDelay: WITHDRAW_DELAY,
        salt: `0x${'0'.repeat(64)}`,
      }),
    ),
  )

/** Whose money is counted. */
const purses = (world: World): [string, Address][] => [
  ...people.map(({ address }): [string, Address] => [address, address]),
  ['works', world.contracts.works.address],
  ['settlement', world.contracts.settlement.address],
  ...splitters(world).map(({ splitter }): [string, Address] => [splitter, splitter]),
]

export async function readChain(world: World): Promise<State> {
  const names: string[] = []
  const calls: { address: Address; abi: never; functionName: string; args: readonly unknown[] }[] = []
  const ask = (name: string, of: keyof World['contracts'], functionName: string, ...args: unknown[]) => {
    names.push(name)
    // Safety: the names below are functions of these very ABIs; a wrong one fails the call and so the test.
    calls.push({ ...world.contracts[of], abi: world.contracts[of].abi as never, functionName, args })
  }
  for (const [name, purse] of purses(world)) ask(`money ${name}`, 'money', 'balanceOf', purse)
  for (const { address } of [...people, treasury]) ask(`credit ${address}`, 'works', 'creditOf', address)
  for (const { address } of people) {
    ask(`counter ${address}`, 'works', 'counterOf', address)
    for (const nonce of NONCES) {
      ask(`used ${address} ${nonce}`, 'works', 'isNonceUsed', address, nonce)
      ask(`filled ${address} ${nonce}`, 'works', 'filledOf', address, nonce)
    }
  }
  for (const work of works.keys()) {
    const id = world.workIds[work] ?? 0n
    ask(`accrued ${work}`, 'works', 'accruedOf', id)
    for (const { address } of people) {
      ask(`editions ${address} ${work}`, 'works', 'balanceOf', address, id)
      ask(`copies ${address} ${work}`, 'works', 'openedCopies', id, address)
    }
  }
  for (const { id } of channels(world)) ask(`channel ${id}`, 'settlement', 'channels', id)
  for (const { splitter } of splitters(world)) {
    ask(`received ${splitter}`, 'settlement', 'receivers', splitter, world.contracts.money.address)
  }
  const { multicall3: multicallAddress } = world
  const answers = await world.chain.publicClient.multicall({
    contracts: calls,
    allowFailure: false,
    multicallAddress,
  })
  const state = Object.fromEntries(names.map((name, index) => [name, TEXT(answers[index])]))
  for (const work of works.keys()) state[`minted ${work}`] = await mintedOf(world, work)
  return state
}

async function mintedOf(world: World, work: number): Promise<string> {
  const args = [world.workIds[work] ?? 0n] as const
  const found = await world.chain.publicClient.readContract({
    ...world.contracts.works,
    functionName: 'work',
    args,
  })
  return String(found.minted)
}

export function readModel(world: World, market: Market, model: Channels): State {
  const state: State = {}
  for (const [name] of purses(world)) state[`money ${name}`] = TEXT(market.money.get(name))
  for (const { address } of [...people, treasury])
    state[`credit ${address}`] = TEXT(market.credit.get(address))
  for (const { address } of people) {
    state[`counter ${address}`] = TEXT(market.counters.get(address))
    for (const nonce of NONCES) {
      state[`used ${address} ${nonce}`] = TEXT(market.isNonceUsed(address, nonce))
      state[`filled ${address} ${nonce}`] = TEXT(market.filled(address, nonce))
    }
  }
  for (const work of works.keys()) {
    state[`minted ${work}`] = TEXT(market.minted.get(`${work}`))
    state[`accrued ${work}`] = TEXT([
      market.creatorAccrued.get(`${work}`),
      market.treasuryAccrued.get(`${work}`),
    ])
    for (const { address } of people) {
      state[`editions ${address} ${work}`] = TEXT(market.held(address, work))
      state[`copies ${address} ${work}`] = TEXT(market.copies.get(`${address} ${work}`))
    }
  }
  for (const { id } of channels(world)) {
    state[`channel ${id}`] = TEXT([model.balance.get(id), model.claimed.get(id)])
  }
  for (const { splitter } of splitters(world)) {
    state[`received ${splitter}`] = TEXT([
      model.receiverClaimed.get(splitter),
      model.receiverSettled.get(splitter),
    ])
  }
  return state
}
