/** The paid line to one machine for one work: opened by at most two signatures, kept on this device, and then silent. */
import { type Chat, type ChatState, openChat } from '@grimoire/client/chat'
import { grantNode } from '@grimoire/client/grant-node'
import type { Market } from '@grimoire/client/market'
import type { CheckedQuote } from '@grimoire/client/read-quote'
import { isProblem } from '@grimoire/schema/problem'
import { type Vault, within } from '../device/vault.ts'
import { openWallet } from '../wallet/open-wallet.ts'
import type { Session } from '../wallet/session.ts'

/** The most that one answer may cost here, whatever a machine quotes: a bound, not a price. */
const MAX_TURN_ATOMIC = 100_000n
/** How many deposits a channel may take before its owner is told. */
const MAX_DEPOSITS = 20n
const SOON_SECONDS = 60

export type LineStep = 'grant' | 'deposit' | 'ask'

export type LineOptions = {
  market: Market
  session: Session
  workId: string
  checked: CheckedQuote
  baseModelSha256: string
  depositAtomic: bigint
  vault: Vault
  tell: (step: LineStep) => void
}

/** A ledger is told from another that stood at the same addresses before it by the block in which it was made. */
export async function ledgerName({ publicClient, addresses }: Market): Promise<string> {
  const { hash } = await publicClient.getBlock({ blockNumber: BigInt(addresses.deployedAtBlock) })
  return `${addresses.chainId}:${addresses.works.toLowerCase()}:${hash.slice(2, 14)}`
}

const grantKey = (workId: string, { quote }: CheckedQuote) =>
  `grant:${workId}@${quote.version}:${quote.sessionKey}`

/** Whether the machine has leave already, as far as this device remembers; it says so itself when it has not. */
export async function isGranted(vault: Vault, workId: string, checked: CheckedQuote): Promise<boolean> {
  const until = Number(await vault.get(grantKey(workId, checked)))
  return until > Date.now() / 1000 + SOON_SECONDS
}

export type Line = {
  chat: Chat
  state: () => Promise<ChatState>
  /** Gives the machine leave; asks the wallet only when it has none, or when it says that it has lost it. */
  grant: (anew?: boolean) => Promise<void>
}

export async function openLine(options: LineOptions): Promise<Line> {
  const { market, session, workId, checked, baseModelSha256, depositAtomic, vault, tell } = options
  const { nodeUrl, quote } = checked
  const wallet = await openWallet(session, event => {
    if (event === 'sign') tell(granting ? 'grant' : 'deposit')
    if (event === 'signed') tell('ask')
  })
  let granting = false
  const choice = { wallet, workId, nodeUrl, operator: quote.operator }
  const grant = async (anew = false) => {
    if (!anew && (await isGranted(vault, workId, checked))) return
    granting = true
    try {
      const { expiresAtSeconds } = await grantNode(market, choice)
      await vault.set(grantKey(workId, checked), String(expiresAtSeconds))
    } finally {
      granting = false
    }
  }
  const chat = await openChat(market, {
    ...choice,
    ...{ baseModelSha256, depositAtomic },
    maxDepositAtomic: depositAtomic * MAX_DEPOSITS,
    maxTurnAtomic: MAX_TURN_ATOMIC,
    store: within(vault, 'pay:'),
  })
  return { chat, state: () => chat.state(), grant }
}

/** The machine has forgotten its leave, or its holder has ended it: one more signature mends that. */
export const needsGrant = (error: unknown): boolean =>
  isProblem(error, 'grant_missing') || isProblem(error, 'grant_expired') || isProblem(error, 'grant_revoked')
