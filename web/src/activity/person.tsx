/** Somebody by the short form of an address, as a way to what they hold and did. */
import { sameAddress } from '@grimoire/schema/hex'
import { Link } from '@tanstack/react-router'
import { useSession } from '../wallet/session.ts'
import { short } from '../words/plain.ts'

export function Person({ address, you = 'you' }: { address: string; you?: string }) {
  const session = useSession()
  const own = session !== null && sameAddress(session.address, address)
  return (
    <Link
      to="/holders/$address"
      params={{ address }}
      className="whitespace-nowrap text-rubric"
      title={address}
    >
      {own ? you : short(address)}
    </Link>
  )
}
