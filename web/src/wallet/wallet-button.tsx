/** Who is here, at the head of every page; opens the dialog in which that is chosen. */
import { plain, short } from '../words/plain.ts'
import { askForWallet } from './asking.ts'
import { useSession } from './session.ts'

export function WalletButton() {
  const session = useSession()
  return (
    <button
      type="button"
      className="button max-w-56 whitespace-nowrap px-3! md:max-w-none md:px-4.5!"
      onClick={() => void askForWallet()}
    >
      {session ? (
        <>
          <span className="unseen">Wallet: </span>
          <span className="truncate md:max-w-80">{plain(session.name)}</span>
          <span className="hidden font-normal lg:inline">{short(session.address)}</span>
        </>
      ) : (
        'Choose a wallet'
      )}
    </button>
  )
}
