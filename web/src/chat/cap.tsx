/** How much may be spent in a day: said, changed, and raised where a question ran against it. */
import { formatMoney } from '@grimoire/schema/amounts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Field } from '../design/field.tsx'
import { Again } from '../design/states.tsx'
import { money } from '../words/plain.ts'
import { typedSum } from '../words/typed-sum.ts'
import type { Shelf } from './shelf.ts'
import { setCap, today } from './spending.ts'

const LEAST_RAISED_ATOMIC = 1_000_000n

/** Of all chats of this holder on this device; read anew when an answer ends, and by whoever comes back to the page. */
function useSpending(shelf: Shelf, busy = false) {
  const queries = useQueryClient()
  const { address } = shelf.session
  const { data: sums } = useQuery({
    queryKey: ['spending', address, busy],
    queryFn: () => today(shelf),
    staleTime: 0,
    placeholderData: before => before,
  })
  const allow = async (capAtomic: bigint) => {
    await setCap(shelf, capAtomic)
    await queries.invalidateQueries({ queryKey: ['spending', address] })
  }
  return { sums, allow }
}

type FieldProps = { capAtomic: bigint; hint: string; allow: (capAtomic: bigint) => void }

/** Taken when one leaves the field, or presses Enter; what is no sum changes nothing. */
function CapField({ capAtomic, hint, allow }: FieldProps) {
  const [text, setText] = useState(formatMoney(capAtomic))
  const sum = typedSum(text)
  const take = () => {
    if (sum !== null && sum !== capAtomic) allow(sum)
  }
  return (
    <form
      noValidate
      onBlur={take}
      onSubmit={event => {
        event.preventDefault()
        take()
      }}
    >
      <Field
        label="Spend at most in a day, in dollars"
        value={text}
        onChange={setText}
        inputMode="decimal"
        hint={hint}
        wrong={sum === null ? 'Dollars, with at most six decimals, like 2.50.' : undefined}
      />
    </form>
  )
}

export function Cap({ shelf, busy }: { shelf: Shelf; busy: boolean }) {
  const { sums, allow } = useSpending(shelf, busy)
  if (!sums) return null
  const { capAtomic, spentAtomic, heldAtomic } = sums
  const hint = `Today it was ${money(spentAtomic + heldAtomic)}, in all chats on this device. The day ends at midnight UTC.`
  return <CapField key={String(capAtomic)} {...{ capAtomic, hint }} allow={sum => void allow(sum)} />
}

/** A larger cap, and the question once more. */
export function RaiseCap({ shelf, retry }: { shelf: Shelf; retry: () => Promise<unknown> }) {
  const { sums, allow } = useSpending(shelf)
  if (!sums) return null
  const twice = sums.capAtomic * 2n
  const next = twice < LEAST_RAISED_ATOMIC ? LEAST_RAISED_ATOMIC : twice
  return <Again label={`Allow ${money(next)} a day, and ask`} run={() => void allow(next).then(retry)} />
}
