/** Choosing who one is here: on a devnet a play wallet first, everywhere the wallets of this browser. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { isPlay, type Network, useNetwork } from '../chain/network.ts'
import { Asked } from '../design/asked.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Refusal, Waiting } from '../design/states.tsx'
import { plain, short } from '../words/plain.ts'
import { answerAsking } from './asking.ts'
import type { PlayRole } from './play.ts'
import { Purse } from './purse.tsx'
import { type Session, setSession, useSession } from './session.ts'

/** The whole width, two lines: who, and what for. */
const ROW = 'button w-full flex-col items-start! gap-0! py-2! text-left!'

function choose(session: Session): void {
  setSession(session)
  answerAsking(session)
}

function Roles({ roles }: { roles: readonly PlayRole[] }) {
  const here = useSession()
  return (
    <ul className="space-y-2">
      {roles.map(({ says, ...role }) => (
        <li key={role.id}>
          <button
            type="button"
            className={ROW}
            aria-pressed={here?.address === role.address}
            onClick={() => choose(role)}
          >
            <span>
              {role.name}
              {here?.address === role.address && ' (you, now)'}
            </span>
            <span className="font-normal">
              {says} {short(role.address)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function PlayWallets() {
  const roles = useQuery({
    queryKey: ['play-roles'],
    queryFn: async () => (await import('./play.ts')).playRoles(),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <section aria-labelledby="play-wallets">
      <h3 id="play-wallets" className="rubric">
        For play
      </h3>
      <p className="mt-1 mb-3">
        This market runs on one machine. Its money is worthless, and everyone knows these accounts’ keys:
        never send real money to them.
      </p>
      <Asked question={roles} waiting="The play wallets are on their way" lines={3}>
        {found => <Roles roles={found} />}
      </Asked>
    </section>
  )
}

function BrowserWallets({ network }: { network: Network }) {
  const [error, setError] = useState<unknown>(null)
  const [asked, setAsked] = useState('')
  const wallets = useQuery({
    queryKey: ['browser-wallets'],
    queryFn: async () => (await import('./browser.ts')).browserWallets(network),
    // One that announces itself late is shown as well.
    refetchInterval: 1_000,
  })
  const connect = async (id: string) => {
    setError(null)
    setAsked(id)
    try {
      choose(await (await import('./browser.ts')).connectBrowser(id, network))
    } catch (cause) {
      setError(cause)
    }
    setAsked('')
  }
  return (
    <section aria-labelledby="browser-wallets">
      <h3 id="browser-wallets" className="rubric">
        In this browser
      </h3>
      {wallets.isPending && <Waiting label="Looking for wallets" lines={2} />}
      {wallets.data?.length === 0 && (
        <p className="mt-1">
          No wallet has announced itself. Install one that speaks EIP-6963, as the common ones do, and open
          this again.
        </p>
      )}
      <ul className="mt-3 space-y-2">
        {wallets.data?.map(({ id, name }) => (
          <li key={id}>
            <button type="button" className={ROW} disabled={asked !== ''} onClick={() => void connect(id)}>
              {plain(name)}
              {asked === id && <span className="font-normal">Confirm in the wallet</span>}
            </button>
          </li>
        ))}
      </ul>
      {error !== null && (
        <div className="mt-3">
          <Refusal error={error} />
        </div>
      )}
    </section>
  )
}

function Here({ session }: { session: Session }) {
  return (
    <p className="flex flex-wrap items-baseline justify-between gap-x-4 border-y border-line py-3">
      <span>
        <strong>{plain(session.name)}</strong> <code className="whisper">{short(session.address)}</code>
      </span>
      <span>
        <Purse session={session} />
      </span>
      <button
        type="button"
        className="button quiet"
        onClick={() => {
          setSession(null)
          answerAsking(null)
        }}
      >
        Leave
      </button>
    </p>
  )
}

export function WalletDialog() {
  const session = useSession()
  return (
    <Dialog title="Who are you here?" close={() => answerAsking(session)}>
      <div className="space-y-7">
        {session && <Here session={session} />}
        <Asked question={useNetwork()} waiting="Asking which chain this market is on">
          {network => (
            <>
              {isPlay(network) && <PlayWallets />}
              <BrowserWallets network={network} />
            </>
          )}
        </Asked>
      </div>
    </Dialog>
  )
}
