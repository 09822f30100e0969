/** Who is here, at the head of every page; opens the dialog in which that is chosen. */
import { plain, short } from '../words/plain.ts'
import { askForWallet } from './asking.ts'
import { useSession } from './session.ts'

export function WalletButton() {
  const session = useSession()
  return (
    <button type="button" className="button max-w-56" onClick={() => void askForWallet()}>
      {session ? (
        <>
          <span className="unseen">Wallet: </span>
          <span className="truncate">{plain(session.name)}</span>
          <span className="hidden font-normal md:inline">{short(session.address)}</span>
        </>
      ) : (
        'Choose a wallet'
      )}
    </button>
  )
}
