/** The bond: what it is, what the ledger asks at least, and adding to it. */
import { formatMoney } from '@grimoire/schema/amounts'
import { useState } from 'react'
import { Field } from '../design/field.tsx'
import { Pairs } from '../design/pairs.tsx'
import { Chapter } from '../design/sheet.tsx'
import { usePurse } from '../wallet/purse.tsx'
import type { Session } from '../wallet/session.ts'
import { money } from '../words/plain.ts'
import { Act } from './act.tsx'
import type { Standing } from './state.tsx'
import { sumOf } from './typed-card.ts'

function Add({ session, standing }: { session: Session; standing: Standing }) {
  const { record, rules } = standing
  const missing = rules.minimumBondAtomic - record.bondAtomic
  const [text, setText] = useState(missing > 0n ? formatMoney(missing) : '')
  const purse = usePurse(session)
  const sum = sumOf(text)
  const amountAtomic = sum ?? 0n
  const has = purse.data === undefined ? '' : `Your wallet has ${money(purse.data)}. `
  const after = sum === null ? '' : `The bond is ${money(record.bondAtomic + sum)} then.`
  return (
    <div className="mt-5 grid max-w-xl items-start gap-x-4 gap-y-3 sm:grid-cols-[1fr_auto]">
      <Field
        label="Add to it, in dollars"
        value={text}
        onChange={setText}
        inputMode="decimal"
        hint={has + after}
        wrong={text !== '' && sum === null ? 'Dollars, with at most six decimals, like 50.' : undefined}
      />
      <div className="sm:mt-7">
        <Act
          session={session}
          label={amountAtomic > 0n ? `Add ${money(amountAtomic)}` : 'Add'}
          disabled={amountAtomic === 0n}
          takesMoney
          act={(verbs, market, wallet, tell) => verbs.addBond(market, { wallet, amountAtomic, tell })}
        />
      </div>
    </div>
  )
}

export function Bond({ session, standing }: { session: Session; standing: Standing }) {
  const { record, rules } = standing
  return (
    <Chapter title="Bond">
      <Pairs
        look="facts"
        pairs={[
          ['Bonded', money(record.bondAtomic)],
          ['The least', money(rules.minimumBondAtomic)],
        ]}
      />
      {record.freeAtSeconds === null ? (
        // Anew with each bond, so that what was typed for the last one is not added twice.
        <Add key={String(record.bondAtomic)} session={session} standing={standing} />
      ) : (
        <p className="whisper mt-3">While it leaves, nothing is added to it.</p>
      )}
    </Chapter>
  )
}
