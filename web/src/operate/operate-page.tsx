/** An operator's desk: registering, bonding, pricing, the machine's health and leaving, with the wallet, on the ledger. */
import type { BondRules } from '@grimoire/client/operator-standing'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Notice } from '../design/states.tsx'
import { useTitle } from '../frame/title.ts'
import { askForWallet } from '../wallet/asking.ts'
import { type Session, useSession } from '../wallet/session.ts'
import { short } from '../words/plain.ts'
import { Beginning } from './beginning.tsx'
import { bondRules, standingOf } from './queries.ts'
import { RegisterDialog } from './register-dialog.tsx'
import type { Wanted } from './register-form.tsx'
import { Running } from './running.tsx'
import { dropForm } from './typed-form.ts'

/** A machine's key can register nothing: whoever holds it by mistake is told whose it is. */
function OfMachine({ owner }: { owner: string }) {
  return (
    <Notice title="This is a machine’s key">
      <p>
        It signs prices and receipts for the operator {short(owner)}. Bond and prices are in the hands of that
        account: come back with its wallet.
      </p>
      <button type="button" className="button chief" onClick={() => void askForWallet()}>
        Choose another wallet
      </button>
    </Notice>
  )
}

function Desk({ session }: { session: Session }) {
  const [wanted, setWanted] = useState<(Wanted & { rules: BondRules }) | null>(null)
  const found = useQuery(standingOf(session.address))
  const isRegistered = Boolean(found.data?.record)
  useEffect(() => {
    // Here, and not where it is sent: a page that was closed meanwhile comes by this way, too.
    if (isRegistered) void dropForm(session.address).catch(() => undefined)
  }, [isRegistered, session.address])
  return (
    <>
      <Asked question={found} waiting="Reading the registry" lines={6}>
        {standing => {
          const { record, rules, paysFor } = standing
          if (record) return <Running session={session} standing={{ ...standing, record }} />
          if (paysFor) return <OfMachine owner={paysFor} />
          const register = (next: Wanted) => setWanted({ ...next, rules })
          return <Beginning session={session} rules={rules} register={register} />
        }}
      </Asked>
      {wanted && (
        <RegisterDialog
          wanted={wanted}
          rules={wanted.rules}
          session={session}
          close={() => setWanted(null)}
        />
      )}
    </>
  )
}

/** What it takes can be read by anyone. */
function Visitor() {
  return (
    <Asked question={useQuery(bondRules)} waiting="Asking the ledger what it takes" lines={6}>
      {rules => <Beginning session={null} rules={rules} register={() => void askForWallet()} />}
    </Asked>
  )
}

export function OperatePage() {
  const session = useSession()
  useTitle('Operate a machine')
  return (
    <div className="width pt-8 sm:pt-14">
      <h1 className="mb-6">Operate a machine</h1>
      {session ? <Desk key={session.address} session={session} /> : <Visitor />}
    </div>
  )
}
