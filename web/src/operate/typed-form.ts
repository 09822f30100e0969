/** A registration as far as it is typed: on this device for each ledger and account, until the ledger knows the operator. */
import type { BondRules } from '@grimoire/client/operator-standing'
import { formatMoney } from '@grimoire/schema/amounts'
import { queryOptions } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { z } from 'zod'
import { ledgerName } from '../chain/ledger-name.ts'
import { useKeeping } from '../device/use-keeping.ts'
import { openVault, within } from '../device/vault.ts'
import { NEW_CARD } from './typed-card.ts'

const typedForm = z.object({
  endpoint: z.string(),
  paymentKey: z.string(),
  sessionKey: z.string(),
  turnFee: z.string(),
  input: z.string(),
  output: z.string(),
  bond: z.string(),
})
export type TypedForm = z.infer<typeof typedForm>

const shelf = async () => within(await openVault(), `${await ledgerName()}:registration:`)

async function load(account: string): Promise<TypedForm | null> {
  const text = await (await shelf()).get(account)
  return text === undefined ? null : (typedForm.safeParse(JSON.parse(text)).data ?? null)
}

export const dropForm = async (account: string): Promise<void> => (await shelf()).delete(account)

/** What was typed, or what one begins with: also where a browser keeps nothing. */
export const formOf = (account: string, rules: BondRules) =>
  queryOptions({
    queryKey: ['registration', account],
    // Read once: from then on the form itself is the newest.
    ...{ staleTime: Number.POSITIVE_INFINITY, gcTime: 0, refetchOnWindowFocus: false },
    queryFn: async (): Promise<TypedForm> =>
      (await load(account).catch(() => null)) ?? {
        ...NEW_CARD,
        bond: formatMoney(rules.minimumBondAtomic),
      },
  })

export type FormKept = 'untouched' | 'keeping' | 'kept' | 'failed'

export function useForm(account: string, begun: TypedForm) {
  const [typed, setTyped] = useState(begun)
  const [kept, setKept] = useState<FormKept>('untouched')
  const latest = useRef(begun)
  const keeping = useKeeping(async () => {
    const written = latest.current
    try {
      await (await shelf()).set(account, JSON.stringify(written))
      if (latest.current === written) setKept('kept')
    } catch {
      setKept('failed')
    }
  })
  const change = (part: Partial<TypedForm>) => {
    latest.current = { ...latest.current, ...part }
    setTyped(latest.current)
    setKept('keeping')
    keeping.soon()
  }
  return { typed, change, kept }
}
