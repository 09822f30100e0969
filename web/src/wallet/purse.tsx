/** What an account has to spend, read from the chain. */
import { useQuery } from '@tanstack/react-query'
import { money } from '../words/plain.ts'
import type { Session } from './session.ts'

export const usePurse = (session: Session | null) =>
  useQuery({
    queryKey: ['purse', session?.address],
    enabled: session !== null,
    queryFn: async () => {
      const [{ openMarket }, { moneyOf }] = await Promise.all([
        import('../chain/open-market.ts'),
        import('@grimoire/client/money'),
      ])
      return moneyOf(await openMarket(), session?.address ?? '0x')
    },
  })

export function Purse({ session }: { session: Session }) {
  const purse = usePurse(session)
  if (purse.isError) return <>The chain does not say what it has</>
  return <>{purse.data === undefined ? 'Counting…' : money(purse.data)}</>
}
