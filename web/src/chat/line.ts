/** The paid line to one machine for one work: opened by at most two signatures, kept on this device, and then silent. */
import { type Chat, type ChatState, openChat } from '@grimoire/client/chat'
import { grantNode } from '@grimoire/client/grant-node'
import { isGrantLost } from '@grimoire/client/kept-grant'
import { type KeptTurn, keptTurn } from '@grimoire/client/kept-turn'
import { openWallet } from '../wallet/open-wallet.ts'
import { depositOf } from './deposit.ts'
import type { Place } from './place.ts'
import { isGranted, purseOf, rememberChannel } from './purse.ts'

/** The most that one answer may cost here, whatever a machine quotes: a bound, not a price. */
const MAX_TURN_ATOMIC = 100_000n
/** How many deposits a channel may take before its owner is told. */
const MAX_DEPOSITS = 20n

export type LineStep = 'grant' | 'deposit' | 'ask'

export type LineOptions = {
  place: Place
  depositAtomic: bigint
  tell: (step: LineStep) => void
}

export type Line = {
  chat: Chat
  isGrantLost: (error: unknown) => boolean
  /** What was kept of an answer, or what is wrong with it. */
  readKept: (turn: unknown) => KeptTurn
  state: () => Promise<ChatState>
  /** Gives the machine leave; asks the wallet only when it has none, or when it says that it has lost it. */
  grant: (anew?: boolean) => Promise<void>
}

export async function openLine({ place, depositAtomic: wanted, tell }: LineOptions): Promise<Line> {
  const { market, session, workId, checked, vault, work } = place
  const { nodeUrl, quote } = checked
  const depositAtomic = depositOf(wanted, checked)
  const wallet = await openWallet(session, event => {
    if (event === 'sign') tell(granting ? 'grant' : 'deposit')
    if (event === 'signed') tell('ask')
  })
  let granting = false
  const choice = { wallet, workId, nodeUrl, operator: quote.operator, store: purseOf(vault) }
  const grant = async (anew = false) => {
    if (!anew && (await isGranted(place))) return
    granting = true
    try {
      await grantNode(market, choice)
    } finally {
      granting = false
    }
  }
  const chat = await openChat(market, {
    ...choice,
    ...{ baseModelSha256: work.manifest.base.sha256, depositAtomic },
    maxDepositAtomic: depositAtomic * MAX_DEPOSITS,
    maxTurnAtomic: MAX_TURN_ATOMIC,
  })
  await rememberChannel(place, chat.channelId)
  return { chat, isGrantLost, readKept: turn => keptTurn.parse(turn), state: () => chat.state(), grant }
}
