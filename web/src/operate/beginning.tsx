/** For an account that is no operator yet: what it takes in plain words, what to type on the machine, and the registration. */
import type { BondRules } from '@grimoire/client/operator-standing'
import { Chapter } from '../design/sheet.tsx'
import { askForWallet } from '../wallet/asking.ts'
import type { Session } from '../wallet/session.ts'
import { money, percent } from '../words/plain.ts'
import { First, Then } from './commands.tsx'
import { RegisterForm, type Wanted } from './register-form.tsx'
import { daysOf } from './spans.ts'

function Takes({ rules }: { rules: BondRules }) {
  const parts = [
    [
      'A machine',
      'that runs llama.cpp and that holders reach from the internet. A processor is enough to begin; a graphics card answers sooner.',
    ],
    [
      `A bond of ${money(rules.minimumBondAtomic)}`,
      `or more. It stays yours, and is free ${daysOf(rules.unbondingSeconds)} after you leave. For a broken promise at most ${percent(rules.maxSlashBps)} of it can be taken in 30 days, said ${daysOf(rules.slashNoticeSeconds)} before, and you may answer.`,
    ],
    [
      'Two keys of the machine',
      'which it makes by itself. The payment key signs prices and receipts and pays the network for claims; holders give the session key leave to open what they hold. Your wallet never goes there.',
    ],
  ] as const
  return (
    <dl className="mt-8 grid gap-x-10 gap-y-6 md:grid-cols-3">
      {parts.map(([what, says]) => (
        <div key={what} className="border-t-2 border-rubric pt-3">
          <dt className="font-book text-2xl">{what}</dt>
          <dd className="mt-1 text-faded">{says}</dd>
        </div>
      ))}
    </dl>
  )
}

export function Beginning(props: {
  session: Session | null
  rules: BondRules
  register: (wanted: Wanted) => void
}) {
  const { session, rules, register } = props
  return (
    <>
      <p className="max-w-2xl font-book text-2xl leading-snug">
        Let a machine of yours answer for works that others made. You set the price of an answer and keep what
        makers and market leave of it; a bond vouches that sealed texts stay sealed.
      </p>
      <Takes rules={rules} />
      <Chapter title="First, on the machine">
        <p className="mb-4 max-w-2xl">
          In a copy of Grimoire, after <code className="font-mono text-[0.92rem]">npm ci</code>:
        </p>
        <First owner={session?.address ?? null} />
      </Chapter>
      <Chapter title="Then, here">
        {session ? (
          <RegisterForm session={session} rules={rules} register={register} />
        ) : (
          <>
            <p className="mb-4 max-w-2xl">
              The wallet that you are here with becomes the owner: it bonds, sets prices, withdraws, and stays
              with you.
            </p>
            <button type="button" className="button chief" onClick={() => void askForWallet()}>
              Choose a wallet
            </button>
          </>
        )}
      </Chapter>
      <Chapter title="Last, on the machine again">
        <p className="mb-4 max-w-2xl">
          Send the payment key a little of the chain’s own coin: it pays the network for claims out of that.
        </p>
        <Then />
      </Chapter>
    </>
  )
}
