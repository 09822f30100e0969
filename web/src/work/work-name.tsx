/** A work by its title, as a way to it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { titleOf } from '../market/shelf.tsx'
import { short } from '../words/plain.ts'
import { toldWork } from './queries.ts'

export function WorkName({ workId }: { workId: string }) {
  const { data: work } = useQuery(toldWork(workId))
  return (
    <Link to="/works/$workId" params={{ workId }} className="text-rubric">
      {work ? titleOf(work) : `work ${short(workId)}`}
    </Link>
  )
}
