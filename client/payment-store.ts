/** Where a paying client remembers its channels, so that a restart loses no money and asks the wallet for nothing. */
import type { ClientChannelStorage } from '@x402/evm/batch-settlement/client'
import type { Hex } from 'viem'
import { generatePrivateKey } from 'viem/accounts'
import { z } from 'zod'

/** Texts under keys: a page gives IndexedDB, a program a file, a test nothing. Session keys are secrets: keep it private. */
export type PaymentStore = {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string): Promise<void>
  delete(key: string): Promise<void>
}

/** The default. `snapshot` and the argument make it JSON, for a caller who keeps it somewhere. */
export function memoryStore(saved: Record<string, string> = {}) {
  const texts = new Map(Object.entries(saved))
  return {
    get: async (key: string) => texts.get(key),
    set: async (key: string, text: string) => void texts.set(key, text),
    delete: async (key: string) => void texts.delete(key),
    snapshot: (): Record<string, string> => Object.fromEntries(texts),
  }
}

const channelContext = z.object({
  chargedCumulativeAmount: z.string().optional(),
  balance: z.string().optional(),
  totalClaimed: z.string().optional(),
  signedMaxClaimable: z.string().optional(),
  signature: z.string().startsWith('0x').optional(),
})

const channelKey = (channelId: string) => `channel:${channelId.toLowerCase()}`

/** The store in the shape that x402's client asks for. */
export const channelStorage = (store: PaymentStore): ClientChannelStorage => ({
  get: async channelId => {
    const text = await store.get(channelKey(channelId))
    // Safety: the schema holds the same optional strings; a signature begins with 0x.
    return text === undefined
      ? undefined
      : (channelContext.parse(JSON.parse(text)) as Awaited<ReturnType<ClientChannelStorage['get']>>)
  },
  set: (channelId, context) => store.set(channelKey(channelId), JSON.stringify(context)),
  delete: channelId => store.delete(channelKey(channelId)),
})

/** What this side knows of a channel's money: nothing, where it has seen none of it. */
export async function channelSums(store: PaymentStore, channelId: string) {
  const known = await channelStorage(store).get(channelId)
  const depositedAtomic = BigInt(known?.balance ?? '0')
  const chargedAtomic = BigInt(known?.chargedCumulativeAmount ?? '0')
  const leftAtomic = depositedAtomic > chargedAtomic ? depositedAtomic - chargedAtomic : 0n
  return { depositedAtomic, chargedAtomic, leftAtomic }
}

/** What may have been charged beyond the last receipt: a turn that was cut off before its receipt came. */
const openTurn = z.object({ beforeAtomic: z.string(), atMostAtomic: z.string() })
const openTurnKey = (channelId: string) => `open-turn:${channelId.toLowerCase()}`

export async function readOpenTurn(store: PaymentStore, channelId: Hex) {
  const text = await store.get(openTurnKey(channelId))
  if (text === undefined) return null
  const { beforeAtomic, atMostAtomic } = openTurn.parse(JSON.parse(text))
  return { beforeAtomic: BigInt(beforeAtomic), atMostAtomic: BigInt(atMostAtomic) }
}

/** Written before a voucher leaves this machine and removed when its receipt was found right. */
export const writeOpenTurn = (
  store: PaymentStore,
  channelId: Hex,
  turn: { beforeAtomic: bigint; atMostAtomic: bigint },
): Promise<void> =>
  store.set(
    openTurnKey(channelId),
    JSON.stringify({ beforeAtomic: String(turn.beforeAtomic), atMostAtomic: String(turn.atMostAtomic) }),
  )

export const clearOpenTurn = (store: PaymentStore, channelId: Hex): Promise<void> =>
  store.delete(openTurnKey(channelId))

/** The session key kept for one payee, made at random on first use: losing it costs the withdrawal delay, not the money. */
export async function storedSessionKey(store: PaymentStore, payee: string): Promise<Hex> {
  const key = `session-key:${payee.toLowerCase()}`
  const known = await store.get(key)
  if (known && /^0x[0-9a-f]{64}$/.test(known)) return known as Hex // Safety: matched.
  const made = generatePrivateKey()
  await store.set(key, made)
  return made
}
