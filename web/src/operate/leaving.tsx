/** Leaving as it goes by the ledger's clock: announced, what can still be taken and until when, free, withdrawn; or taken back. */

import { shareOf } from '@grimoire/schema/amounts'
import { useState } from 'react'
import { Done } from '../deed/done.tsx'
import { UnderWay } from '../deed/under-way.tsx'
import { Dialog } from '../design/dialog.tsx'
import { Chapter } from '../design/sheet.tsx'
import type { Session } from '../wallet/session.ts'
import { moment, money, percent } from '../words/plain.ts'
import { Act, useOwnersDeed } from './act.tsx'
import { daysOf } from './spans.ts'
import type { Standing } from './state.tsx'
import { type Mark, Timeline } from './timeline.tsx'

/** A slash that nobody has announced yet has to come due before the bond is free, or it finds nothing. */
function marksOf({ record, rules, slash }: Standing, freeAtSeconds: number): Mark[] {
  const { unbondingSeconds, slashNoticeSeconds, slashAnswerSeconds, maxSlashBps } = rules
  const most = money(shareOf(record.bondAtomic, maxSlashBps))
  const lastSlash = freeAtSeconds - slashNoticeSeconds
  const announced: Mark[] = slash
    ? [
        {
          key: 'slash',
          atSeconds: slash.dueAtSeconds,
          title: 'The announced slash is due',
          text: `${money(slash.amountAtomic)} can be taken from then until ${moment(slash.lapsesAtSeconds)}, if the bond still lies there.`,
        },
      ]
    : []
  return [
    {
      key: 'began',
      atSeconds: freeAtSeconds - unbondingSeconds,
      title: 'You announced it',
      text: 'From that block on key nodes open nothing for the machine, and no holder is sent to it.',
    },
    {
      key: 'last',
      atSeconds: lastSlash,
      title: 'The last moment for another slash',
      text: `At most ${percent(maxSlashBps)}, ${most}, can be taken, and only if it is announced before: it is due ${daysOf(slashNoticeSeconds)} later. One that you answer waits ${daysOf(slashAnswerSeconds)} more, and has to come before ${moment(lastSlash - slashAnswerSeconds)}.`,
    },
    ...announced,
    {
      key: 'free',
      atSeconds: freeAtSeconds,
      title: 'The bond is free',
      text: `${money(record.bondAtomic)}, less what was taken by then, are yours to withdraw. What you leave there can still be slashed.`,
    },
  ]
}

export function Leaving(props: { session: Session; standing: Standing; freeAtSeconds: number }) {
  const { session, standing, freeAtSeconds } = props
  const { nowSeconds, record } = standing
  const isFree = nowSeconds >= freeAtSeconds
  return (
    <Chapter title="Leaving">
      <Timeline marks={marksOf(standing, freeAtSeconds)} nowSeconds={nowSeconds} />
      <div className="mt-7 flex flex-wrap items-start gap-3">
        {isFree && (
          <Act
            session={session}
            label={`Withdraw ${money(record.bondAtomic)}`}
            className="button chief"
            act={(verbs, market, wallet) => verbs.withdrawBond(market, { wallet })}
          />
        )}
        <Act
          session={session}
          label="Stay after all"
          act={(verbs, market, wallet) => verbs.cancelUnbonding(market, { wallet })}
        />
      </div>
      {!isFree && (
        <p className="whisper mt-3">
          Staying takes one transaction; with its whole bond the machine serves again from the next block on.
        </p>
      )}
    </Chapter>
  )
}

type LeaveProps = { session: Session; standing: Standing }

function LeaveDialog({ session, standing, close }: LeaveProps & { close: () => void }) {
  const { record, rules, nowSeconds } = standing
  const { state, reset, run, steps } = useOwnersDeed(session)
  const leave = () => run((verbs, market, wallet) => verbs.beginUnbonding(market, { wallet }))
  return (
    <Dialog title={state.stage === 'done' ? 'Announced' : 'Leave'} close={close}>
      {state.stage === 'review' && (
        <div className="space-y-4">
          <p>
            The machine stops serving with the next block: key nodes open nothing for it, and answers that run
            are its last. Its bond of {money(record.bondAtomic)} is free about{' '}
            {moment(nowSeconds + rules.unbondingSeconds)}, after {daysOf(rules.unbondingSeconds)}; you then
            withdraw it with another transaction.
          </p>
          <p>
            Before you stop the machine have it claim what it holds:{' '}
            <code className="font-mono text-[0.92rem]">npx grimoire-node claim</code>. What makers and you
            have earned is not touched by leaving, and until the bond is withdrawn you can stay after all.
          </p>
          <button type="button" className="button chief w-full" onClick={leave}>
            Begin to leave
          </button>
        </div>
      )}
      <UnderWay state={state} steps={steps} again={reset} label="Look at it again" />
      {state.stage === 'done' && (
        <Done close={close}>The ledger has it. Its dates stand on the page of the machine.</Done>
      )}
    </Dialog>
  )
}

export function Leave({ session, standing }: LeaveProps) {
  const [open, setOpen] = useState(false)
  const { record, rules } = standing
  const canLeave = record.freeAtSeconds === null && record.bondAtomic > 0n
  // The dialog outlives the chapter: what is announced has to be said to its end.
  return (
    <>
      {canLeave && (
        <Chapter title="Leaving">
          <p className="mb-4 max-w-2xl">
            Leaving is announced, takes {daysOf(rules.unbondingSeconds)}, and gives the bond back whole but
            for a slash. It can be taken back until the bond is withdrawn.
          </p>
          <button type="button" className="button" onClick={() => setOpen(true)}>
            Leave with this machine
          </button>
        </Chapter>
      )}
      {open && <LeaveDialog session={session} standing={standing} close={() => setOpen(false)} />}
    </>
  )
}
