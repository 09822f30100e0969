/** The wallet of the session, opened on first need; its code is loaded then, and only the kind that is used. */
import type { Wallet } from '@grimoire/client/wallet'
import { readNetwork } from '../chain/network.ts'
import type { Session } from './session.ts'

/** What a wallet was asked for, told as it happens. */
export type WalletEvent = 'sign' | 'signed' | 'send' | 'sent'

export async function openWallet(session: Session, tell?: (event: WalletEvent) => void): Promise<Wallet> {
  const network = await readNetwork()
  const wallet =
    session.kind === 'play'
      ? (await import('./play.ts')).openPlay(session, network)
      : await (await import('./browser.ts')).openBrowser(session, network)
  return tell ? watched(wallet, tell) : wallet
}

/** What can be learned of it without a dialog: null where that is nothing, and the chain that it is on. */
export async function lookAtWallet(
  session: Session,
): Promise<{ wallet: Wallet | null; chainId: number | null }> {
  const network = await readNetwork()
  if (session.kind === 'browser') return (await import('./browser.ts')).lookAtBrowser(session, network)
  const wallet = (await import('./play.ts')).openPlay(session, network)
  return { wallet, chainId: network.addresses.chainId }
}

/** The same wallet; each request to it and each answer of it is told. */
function watched(wallet: Wallet, tell: (event: WalletEvent) => void): Wallet {
  const around = async <T>(before: WalletEvent, after: WalletEvent, run: () => Promise<T>): Promise<T> => {
    tell(before)
    const result = await run()
    tell(after)
    return result
  }
  return {
    ...wallet,
    signMessage: request => around('sign', 'signed', () => wallet.signMessage(request)),
    signTypedData: request => around('sign', 'signed', () => wallet.signTypedData(request)),
    sendTransaction: request => around('send', 'sent', () => wallet.sendTransaction(request)),
  }
}
