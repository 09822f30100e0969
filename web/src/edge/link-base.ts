/** What a link to a route of the edge begins with: a page that is served from elsewhere has no such routes itself. */
import { useQuery } from '@tanstack/react-query'
import { readPlace } from './place.ts'

/** Empty while it is not known, and where the edge serves this page. */
export function useLinkBase(): string {
  const { data } = useQuery({ queryKey: ['place'], queryFn: readPlace, staleTime: Number.POSITIVE_INFINITY })
  return data && data.edgeUrl !== location.origin ? data.edgeUrl : ''
}
