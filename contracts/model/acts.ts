/** What people may do in a sequence: for each act, how fast-check invents it, how the model plays it and how the chain does. */
import fc from 'fast-check'
import type { Hex } from 'viem'
import type { Channels } from './channels.ts'
import { address, type Outcome, people, treasury, type World, works } from './fixture.ts'
import type { Market, Order } from './market.ts'
import { Refusal } from './refusal.ts'
import {
  type ChannelConfig,
  channelOf,
  signDeposit,
  signOrder,
  signVoucher,
  WITHDRAW_DELAY,
} from './signing.ts'

export type Stage = { market: Market; channels: Channels; world: World }
export type Act = { name: string; play: (stage: Stage) => Promise<void> }

const who = fc.nat(people.length - 1)
const which = fc.nat(works.length - 1)
const few = fc.constantFrom(0n, 1n, 1n, 1n, 1n, 2n, 3n)
const price = fc.constantFrom(0n, 1n, 3n, 9_999n, 10_001n, 7_000_000n, 40_000_000_000n)
const nonce = fc.constantFrom(0n, 1n, 127n, 128n, 300n)
const sum = fc.constantFrom(0n, 1n, 2n, 999n, 1_000_000n, 60_000_000_000n)

/** How often each act was done and refused: without this a campaign could compare nothing but refusals. */
export const tally = new Map<string, { done: number; refused: number }>()

/** Both sides must end alike: the model's refusal is the contract's error. */
async function both(act: string, model: () => void, chain: () => Promise<Outcome>): Promise<void> {
  const { error } = await chain()
  let refused: string | null = null
  try {
    model()
  } catch (failure) {
    if (!(failure instanceof Refusal)) throw failure
    refused = failure.error
  }
  const count = tally.get(act) ?? { done: 0, refused: 0 }
  count[error === null ? 'done' : 'refused'] += 1
  tally.set(act, count)
  if (refused !== error) throw new Error(`${act}: the model says ${refused}, the contract ${error}`)
}

const id = (world: World, work: number): bigint => world.workIds[work] ?? 0n

const mint = fc
  .tuple(who, who, which, few, fc.constantFrom(-1n, 0n))
  .map(([buyer, recipient, work, quantity, slack]): Act => {
    const cost = quantity * (works[work]?.priceAtomic ?? 0n) + slack
    const most = cost < 0n ? 0n : cost
    return {
      name: `mint ${quantity} of ${work} by ${buyer} for ${recipient} at most ${most}`,
      play: ({ market, world }) =>
        both(
          'mint',
          () => market.mint(address(buyer), work, address(recipient), quantity, most),
          () =>
            world.act(address(buyer), 'works', 'mint', [id(world, work), quantity, address(recipient), most]),
        ),
    }
  })

type Drawn = Omit<Order, 'counter' | 'maker' | 'isExpired'> & {
  maker: number
  isStale: boolean
  isExpired: boolean
}

const order = (kind: Order['kind']) =>
  fc.record<Drawn>({
    kind: fc.constant(kind),
    maker: who,
    work: which,
    quantity: fc.bigInt(1n, 3n),
    priceAtomic: price,
    minProceedsAtomic: fc.constantFrom(0n, 0n, 0n, 3n),
    nonce,
    isStale: fc.constantFrom(false, false, false, false, false, true),
    isExpired: fc.constantFrom(false, false, false, false, true),
  })

function orderOf(drawn: Drawn, market: Market): Order {
  const { isStale, maker, ...rest } = drawn
  const counter = market.counters.get(address(maker)) + (isStale ? 1n : 0n)
  return { ...rest, maker: address(maker), counter }
}

const buy = fc.tuple(order('listing'), who, who, few).map(
  ([drawn, buyer, recipient, quantity]): Act => ({
    name: `buy ${quantity} of ${JSON.stringify(drawn, bigints)} by ${buyer} for ${recipient}`,
    play: async ({ market, world }) => {
      const listing = orderOf(drawn, market)
      const { typed, signature } = await signOrder(world, listing, people[drawn.maker])
      await both(
        'buy',
        () => market.buy(listing, address(buyer), address(recipient), quantity),
        () => world.act(address(buyer), 'works', 'buy', [typed, address(recipient), quantity, signature]),
      )
    },
  }),
)

const accept = fc.tuple(order('offer'), who, few).map(
  ([drawn, seller, quantity]): Act => ({
    name: `accept ${quantity} of ${JSON.stringify(drawn, bigints)} by ${seller}`,
    play: async ({ market, world }) => {
      const least = drawn.minProceedsAtomic
      const offer = orderOf({ ...drawn, minProceedsAtomic: 0n }, market)
      const { typed, signature } = await signOrder(world, offer, people[drawn.maker])
      await both(
        'acceptOffer',
        () => market.accept(offer, address(seller), quantity, least),
        () => world.act(address(seller), 'works', 'acceptOffer', [typed, signature, quantity, least]),
      )
    },
  }),
)

const cancel = fc.tuple(who, fc.array(nonce, { maxLength: 2 })).map(
  ([maker, nonces]): Act => ({
    name: `cancel ${nonces} of ${maker}`,
    play: ({ market, world }) =>
      both(
        'cancel',
        () => market.cancel(address(maker), nonces),
        () => world.act(address(maker), 'works', 'cancel', [nonces]),
      ),
  }),
)

const cancelAll = who.map(
  (maker): Act => ({
    name: `cancel all of ${maker}`,
    play: async ({ market, world }) => {
      const { error } = await world.act(address(maker), 'works', 'cancelAll', [])
      if (error) throw new Error(`cancelAll: ${error}`)
      const args = [address(maker)] as const
      const counter = await world.chain.publicClient.readContract({
        ...world.contracts.works,
        functionName: 'counterOf',
        args,
      })
      market.cancelAll(address(maker), counter)
    },
  }),
)

const gift = fc.tuple(who, who, which, few).map(
  ([from, to, work, quantity]): Act => ({
    name: `gift ${quantity} of ${work} from ${from} to ${to}`,
    play: ({ market, world }) => {
      const args = [address(from), address(to), id(world, work), quantity, '0x']
      return both(
        'gift',
        () => market.gift(address(from), work, address(to), quantity),
        () => world.act(address(from), 'works', 'safeTransferFrom', args),
      )
    },
  }),
)

const openCopy = fc.tuple(who, which).map(
  ([holder, work]): Act => ({
    name: `open a copy of ${work} by ${holder}`,
    play: ({ market, world }) =>
      both(
        'openCopy',
        () => market.openCopy(address(holder), work),
        () => world.act(address(holder), 'works', 'openCopy', [id(world, work)]),
      ),
  }),
)

const payChat = fc.tuple(who, fc.nat(1), fc.constantFrom(0, 3, 3), sum).map(
  ([payer, work, operator, amount]): Act => ({
    name: `pay ${amount} to the splitter of ${work} and ${operator}`,
    play: ({ market, world }) => {
      const splitter = world.splitter(work, address(operator))
      return both(
        'transfer',
        () => market.payChat(address(payer), splitter, amount),
        () => world.act(address(payer), 'money', 'transfer', [splitter, amount]),
      )
    },
  }),
)

const collect = fc.tuple(fc.nat(1), fc.constantFrom(0, 3, 3)).map(
  ([work, operator]): Act => ({
    name: `collect ${work} and ${operator}`,
    play: ({ market, world }) =>
      both(
        'collect',
        () => market.collect(work, address(operator), world.splitter(work, address(operator))),
        () => world.act(address(0), 'works', 'collect', [id(world, work), address(operator)]),
      ),
  }),
)

const gather = which.map(
  (work): Act => ({
    name: `gather ${work}`,
    play: ({ market, world }) =>
      both(
        'gather',
        () => market.gather(work, treasury.address),
        () => world.act(address(1), 'works', 'gather', [[id(world, work)]]),
      ),
  }),
)

const withdraw = fc.tuple(who, who).map(
  ([from, to]): Act => ({
    name: `withdraw ${from} to ${to}`,
    play: ({ market, world }) =>
      both(
        'withdraw',
        () => market.withdraw(address(from), address(to)),
        () => world.act(address(from), 'works', 'withdraw', [address(to)]),
      ),
  }),
)

/** Few channels, mostly acted on by whom they obey: so that deposits, claims and pay-outs meet. */
const OPERATOR = 3
const HOME = { payer: 0, work: 0, operator: OPERATOR }
const channel = fc.oneof(
  { weight: 3, arbitrary: fc.constant(HOME) },
  { weight: 1, arbitrary: fc.record({ payer: fc.nat(1), work: fc.nat(1), operator: fc.constant(OPERATOR) }) },
)
const mostlyOperator = fc.oneof(
  { weight: 5, arbitrary: fc.constant(OPERATOR) },
  { weight: 1, arbitrary: who },
)

function open(world: World, drawn: { payer: number; work: number; operator: number }) {
  const config: ChannelConfig = {
    payer: address(drawn.payer),
    payerAuthorizer: address(drawn.payer),
    receiver: world.splitter(drawn.work, address(drawn.operator)),
    receiverAuthorizer: address(drawn.operator),
    token: world.contracts.money.address,
    withdrawDelay: WITHDRAW_DELAY,
    salt: `0x${'0'.repeat(64)}`,
  }
  return { config, channel: channelOf(world, config) }
}

let salts = 0n

const deposit = fc.tuple(channel, sum).map(
  ([drawn, amount]): Act => ({
    name: `deposit ${amount} ${JSON.stringify(drawn)}`,
    play: async ({ channels, world }) => {
      const opened = open(world, drawn)
      salts += 1n
      const data = await signDeposit(world, { ...opened, amount, salt: salts, payer: people[drawn.payer] })
      await both(
        'deposit',
        () => channels.deposit(opened.channel, amount),
        () => world.act(address(0), 'settlement', 'deposit', [opened.config, amount, world.collector, data]),
      )
    },
  }),
)

const claim = fc.tuple(channel, mostlyOperator, sum, sum).map(
  ([drawn, sender, total, ceiling]): Act => ({
    name: `claim ${total} of ${ceiling} by ${sender} ${JSON.stringify(drawn)}`,
    play: async ({ channels, world }) => {
      const opened = open(world, drawn)
      const signature = await signVoucher(world, opened.channel.id as Hex, ceiling, people[drawn.payer])
      const voucher = { channel: opened.config, maxClaimableAmount: ceiling }
      await both(
        'claim',
        () => channels.claim(opened.channel, address(sender), total, ceiling),
        () =>
          world.act(address(sender), 'settlement', 'claim', [[{ voucher, signature, totalClaimed: total }]]),
      )
    },
  }),
)

const settle = fc.tuple(fc.nat(1), fc.constant(OPERATOR)).map(
  ([work, operator]): Act => ({
    name: `settle ${work} and ${operator}`,
    play: ({ channels, world }) => {
      const receiver = world.splitter(work, address(operator))
      return both(
        'settle',
        () => channels.settle(receiver),
        () => world.act(address(0), 'settlement', 'settle', [receiver, world.contracts.money.address]),
      )
    },
  }),
)

const refund = fc.tuple(channel, mostlyOperator, sum).map(
  ([drawn, sender, amount]): Act => ({
    name: `refund ${amount} by ${sender} ${JSON.stringify(drawn)}`,
    play: ({ channels, world }) => {
      const opened = open(world, drawn)
      return both(
        'refund',
        () => channels.refund(opened.channel, address(sender), amount),
        () => world.act(address(sender), 'settlement', 'refund', [opened.config, amount]),
      )
    },
  }),
)

const leave = fc.tuple(channel, fc.constantFrom(0, 0, 1), sum).map(
  ([drawn, sender, amount]): Act => ({
    name: `initiate withdrawal of ${amount} by ${sender} ${JSON.stringify(drawn)}`,
    play: async ({ channels, world }) => {
      const opened = open(world, drawn)
      const outcome = await world.act(address(sender), 'settlement', 'initiateWithdraw', [
        opened.config,
        amount,
      ])
      const now = await world.nowSeconds()
      await both(
        'initiateWithdraw',
        () => channels.initiateWithdraw(opened.channel, address(sender), amount, now),
        async () => outcome,
      )
    },
  }),
)

const left = fc.tuple(channel, fc.constantFrom(0, 901, 901)).map(
  ([drawn, seconds]): Act => ({
    name: `finalize withdrawal after ${seconds} s ${JSON.stringify(drawn)}`,
    play: async ({ channels, world }) => {
      const opened = open(world, drawn)
      if (seconds) await world.rpc('evm_increaseTime', [seconds])
      const outcome = await world.act(address(0), 'settlement', 'finalizeWithdraw', [opened.config])
      const now = await world.nowSeconds()
      await both(
        'finalizeWithdraw',
        () => channels.finalizeWithdraw(opened.channel, now, BigInt(WITHDRAW_DELAY)),
        async () => outcome,
      )
    },
  }),
)

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** Acts that fill the stage come more often than those that empty it. */
export const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: mint },
  { weight: 5, arbitrary: buy },
  { weight: 4, arbitrary: accept },
  { weight: 1, arbitrary: cancel },
  { weight: 1, arbitrary: cancelAll },
  { weight: 1, arbitrary: gift },
  { weight: 1, arbitrary: openCopy },
  { weight: 2, arbitrary: payChat },
  { weight: 3, arbitrary: collect },
  { weight: 1, arbitrary: gather },
  { weight: 1, arbitrary: withdraw },
  { weight: 5, arbitrary: deposit },
  { weight: 3, arbitrary: claim },
  { weight: 2, arbitrary: settle },
  { weight: 1, arbitrary: refund },
  { weight: 3, arbitrary: leave },
  { weight: 3, arbitrary: left },
)
