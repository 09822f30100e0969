/** Chatting with a work that one holds: one wallet signature for the deposit, then a session key pays turn by turn. */
import type { ChatMessage } from '@grimoire/schema/chat'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import type { Quote } from '@grimoire/schema/quote'
import { type Answer, startAnswer } from './answer.ts'
import { openChannel, type SignatureCount } from './channel.ts'
import type { ChannelConfig } from './exit-channel.ts'
import { inOrder } from './in-order.ts'
import type { KeptTurn } from './kept-turn.ts'
import type { Market } from './market.ts'
import type { TurnContext } from './pay-turn.ts'
import { channelSums, memoryStore, type PaymentStore, storedSessionKey } from './payment-store.ts'
import { type CheckedQuote, type NodeChoice, readQuote } from './read-quote.ts'
import { type Refunded, refundChannel } from './refund-channel.ts'
import { type AskOptions, runTurn, type TurnLimits, type TurnResult, takeUpTurn } from './turn.ts'
import type { Wallet } from './wallet.ts'

export type OpenChat = NodeChoice & {
  wallet: Wallet
  /** The most that all deposits of this channel may come to. */
  maxDepositAtomic: bigint
  /** What to deposit at once when a deposit is needed: more of it means fewer signatures later. */
  depositAtomic?: bigint
  /** The most that one turn may cost. */
  maxTurnAtomic: bigint
  /** Without one, a key of the store; `deriveSessionKey` makes one that needs no store. */
  sessionKey?: Hex
  store?: PaymentStore
  answerTimeoutMs?: number
  /** From the manifest: receipts that name another base model are refused then. */
  baseModelSha256?: string
}

export type ChatState = SignatureCount & {
  channelId: Hex
  /** Deposited so far, by this side's account. */
  depositedAtomic: bigint
  chargedAtomic: bigint
  leftAtomic: bigint
}

export type Chat = {
  readonly quote: Quote
  readonly model: string
  readonly nodeUrl: string
  readonly channelId: Hex
  /** The channel's fixed terms: what `beginExit` needs when the node is gone. */
  readonly channelConfig: ChannelConfig
  ask(messages: readonly ChatMessage[], options?: AskOptions, limits?: TurnLimits): Answer
  askOnce(messages: readonly ChatMessage[], options?: AskOptions, limits?: TurnLimits): Promise<TurnResult>
  /** Goes on with an answer that `limits.keep` was told of, from its first word, whoever read it before. */
  takeUp(kept: KeptTurn, limits?: Omit<TurnLimits, 'maxAtomic' | 'beforeVoucher'>): Answer
  state(): Promise<ChatState>
  /** Waits for the turns under way, then asks the node for what is left of the deposit. */
  refund(): Promise<Refunded>
  /** Waits for the turns under way; later ones are refused. The deposit stays for the next chat. */
  close(): Promise<void>
}

/** Quotes end; a chat goes on. The terms of the channel must stay, only prices may move, and they are checked again. */
async function freshQuote(context: TurnContext, choice: NodeChoice): Promise<void> {
  const { checked, market } = context
  if (checked.quote.expiresAtSeconds * 1000 > Date.now() + 5_000) return
  const { workId, version, operator } = checked.quote
  const next = await readQuote(market, { ...choice, workId, version, operator, nodeUrl: checked.nodeUrl })
  const terms = ({ quote, paymentKey }: CheckedQuote) =>
    [quote.operator, paymentKey, quote.payTo, quote.withdrawDelaySeconds].join().toLowerCase()
  if (terms(next) !== terms(checked)) {
    throw new Problem('quote_invalid', {
      got: terms(next),
      expected: `${terms(checked)}: open the chat anew`,
    })
  }
  context.checked = { ...next, model: checked.model }
  context.remembered = null
}

const stateOf = async ({ channel, store }: TurnContext): Promise<ChatState> => ({
  ...channel.count,
  channelId: channel.id,
  ...(await channelSums(store, channel.id)),
})

export async function openChat(market: Market, options: OpenChat): Promise<Chat> {
  const { wallet, maxDepositAtomic, maxTurnAtomic, store = memoryStore() } = options
  const checked = await readQuote(market, options)
  const { quote } = checked
  if (BigInt(quote.minDepositAtomic) > maxDepositAtomic) {
    throw new Problem('cap_reached', {
      param: 'maxDepositAtomic',
      got: `a deposit of at least ${quote.minDepositAtomic}`,
      expected: `at most ${maxDepositAtomic}`,
    })
  }
  const payee = `${market.addresses.chainId}:${wallet.account.address}:${quote.payTo}`
  const sessionKey = options.sessionKey ?? (await storedSessionKey(store, payee))
  const { depositAtomic } = options
  const channel = openChannel(market, {
    ...{ wallet, sessionKey, checked, store, maxDepositAtomic },
    ...(depositAtomic === undefined ? {} : { depositAtomic }),
  })
  const context: TurnContext = {
    market,
    channel,
    checked,
    store,
    maxTurnAtomic,
    answerTimeoutMs: options.answerTimeoutMs ?? 120_000,
    remembered: null,
    ...(options.baseModelSha256 === undefined ? {} : { baseModelSha256: options.baseModelSha256 }),
  }
  return chatOver(context, options)
}

function chatOver(context: TurnContext, choice: NodeChoice): Chat {
  const { channel, market } = context
  const queue = inOrder()
  let ended: Error | null = null
  type Work = { controller: AbortController; onText: (text: string) => void }
  const next = (work: (work: Work) => Promise<TurnResult>): Answer =>
    startAnswer((controller, onText) =>
      queue(async () => {
        if (ended) throw ended
        controller.signal.throwIfAborted()
        try {
          return await work({ controller, onText })
        } catch (error) {
          // A node that misstated one receipt gets no further voucher from this chat.
          if (error instanceof Problem && error.code === 'receipt_invalid') ended = error
          throw error
        }
      }),
    )
  const ask = (messages: readonly ChatMessage[], options: AskOptions = {}, limits: TurnLimits = {}) =>
    next(async work => {
      await freshQuote(context, choice)
      return runTurn(context, { messages, options, limits, ...work })
    })
  return {
    get quote() {
      return context.checked.quote
    },
    model: context.checked.model,
    nodeUrl: context.checked.nodeUrl,
    channelId: channel.id,
    channelConfig: channel.config,
    ask,
    takeUp: (kept, limits = {}) => next(work => takeUpTurn(context, kept, { limits, ...work })),
    askOnce: (messages, options, limits) => ask(messages, options, limits).result,
    state: () => stateOf(context),
    refund: () => queue(() => refundChannel(market, { channel, checked: context.checked })),
    close: () =>
      queue(async () => {
        ended ??= new Problem('request_invalid', { got: 'a turn after close()', expected: 'a new chat' })
      }),
  }
}
