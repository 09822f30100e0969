/** How much may be spent in a day: said, changed, and raised where a question ran against it. */
import { formatMoney, parseMoney } from '@grimoire/schema/amounts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useId, useState } from 'react'
import { Again } from '../design/states.tsx'
import { money } from '../words/plain.ts'
import type { Shelf } from './shelf.ts'
import { setCap, today } from './spending.ts'

const LEAST_RAISED_ATOMIC = 1_000_000n

/** Of all chats of this holder on this device; other pages of it may have spent meanwhile. */
function useSpending(shelf: Shelf) {
  const queries = useQueryClient()
  const { address } = shelf.session
  const { data: sums } = useQuery({
    queryKey: ['spending', address],
    queryFn: () => today(shelf),
    staleTime: 0,
  })
  const anew = useCallback(
    () => queries.invalidateQueries({ queryKey: ['spending', address] }),
    [queries, address],
  )
  const allow = async (capAtomic: bigint) => {
    await setCap(shelf, capAtomic)
    await anew()
  }
  return { sums, anew, allow }
}

function sumOf(text: string): bigint | null {
  try {
    return parseMoney(text)
  } catch {
    return null
  }
}

type FieldProps = { capAtomic: bigint; hint: string; allow: (capAtomic: bigint) => void }

/** Taken when one leaves the field, or presses Enter; what is no sum changes nothing. */
function CapField({ capAtomic, hint, allow }: FieldProps) {
  const [text, setText] = useState(formatMoney(capAtomic))
  const id = useId()
  const sum = sumOf(text)
  const take = () => sum !== null && sum !== capAtomic && allow(sum)
  return (
    <label className="block">
      Spend at most in a day, in dollars
      <input
        className="field mt-1"
        inputMode="decimal"
        autoComplete="off"
        value={text}
        onChange={event => setText(event.target.value)}
        onBlur={take}
        onKeyDown={event => event.key === 'Enter' && take()}
        aria-invalid={sum === null}
        aria-describedby={id}
      />
      <span id={id} className="whisper">
        {sum === null ? 'Write a number with at most six decimals, like 2.50.' : hint}
      </span>
    </label>
  )
}

export function Cap({ shelf, busy }: { shelf: Shelf; busy: boolean }) {
  const { sums, allow, anew } = useSpending(shelf)
  // An answer that ended has changed them.
  useEffect(() => {
    if (!busy) void anew()
  }, [busy, anew])
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
