/** The one sign-in of a wallet at an edge: asked for when something first needs it, and kept in memory only. */
import { isProblem } from '@grimoire/schema/problem'
import type { OpenedSession } from '@grimoire/schema/session'
import { forget, type KeptPromises, keptOr } from './kept-promise.ts'
import type { Market } from './market.ts'
import { signIn } from './sign-in.ts'
import type { Wallet } from './wallet.ts'

const kept = new WeakMap<Market, KeptPromises<OpenedSession>>()
/** A session that ends sooner than this is not begun anything with. */
const MARGIN_SECONDS = 600

/** Does something as the wallet's visitor; a session that the edge has ended meanwhile is opened once more. */
export async function asSignedIn<T>(
  market: Market,
  wallet: Wallet,
  act: (session: OpenedSession) => Promise<T>,
): Promise<T> {
  const sessions = kept.get(market) ?? new Map()
  kept.set(market, sessions)
  const { address } = wallet.account
  // The wallet is asked once, also when several things need it at the same time.
  const open = () =>
    keptOr(sessions, address, {
      isGood: ({ expiresAtSeconds }) => expiresAtSeconds > Date.now() / 1000 + MARGIN_SECONDS,
      make: () => signIn(market, { wallet }),
    })
  const session = await open()
  try {
    return await act(session)
  } catch (error) {
    if (!isProblem(error, 'session_missing')) throw error
    await forget(sessions, address, session)
    return act(await open())
  }
}
