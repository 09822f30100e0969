/** One deed of a wallet, from the press of a button to its end: which step it is at, what came of it, or why it did not. */
import type { Market } from '@grimoire/client/market'
import type { Wallet } from '@grimoire/client/wallet'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { openWallet, type WalletEvent } from '../wallet/open-wallet.ts'
import type { Session } from '../wallet/session.ts'

export type Step = 'check' | 'sign' | 'allow' | 'batch' | 'send' | 'relay' | 'block' | 'finish'

/** How far a deed is, or what came of it. */
export type Deed<T = unknown> =
  | { stage: 'review' }
  | { stage: 'running'; step: Step }
  | { stage: 'failed'; step: Step; error: unknown }
  | { stage: 'done'; result: T }

type Hands = typeof import('../chain/acting.ts')['acting']

const STEP_AFTER: Record<WalletEvent, Step> = { sign: 'sign', signed: 'check', send: 'send', sent: 'block' }

export function useDeed<T>() {
  const [state, setState] = useState<Deed<T>>({ stage: 'review' })
  const queries = useQueryClient()
  const run = async (
    session: Session,
    act: (hands: Hands, market: Market, wallet: Wallet, move: (step: Step) => void) => Promise<T>,
    /** Whoever tells its steps itself, by `move`, knows better than the wallet which one it is at. */
    { tellsItself = false }: { tellsItself?: boolean } = {},
  ): Promise<void> => {
    let step: Step = 'check'
    const move = (next: Step) => {
      step = next
      setState({ stage: 'running', step })
    }
    move('check')
    try {
      const [{ openMarket }, { acting }] = await Promise.all([
        import('../chain/open-market.ts'),
        import('../chain/acting.ts'),
      ])
      const wallet = await openWallet(session, tellsItself ? undefined : event => move(STEP_AFTER[event]))
      const result = await act(acting, await openMarket(), wallet, move)
      setState({ stage: 'done', result })
    } catch (error) {
      setState({ stage: 'failed', step, error })
    }
    // What was true of works, purses and holdings before may not be now, also after a failure.
    await queries.invalidateQueries()
  }
  return { state, run, reset: () => setState({ stage: 'review' }) }
}
