/** What a wallet says of itself at this edge: its own words, checked by nobody, with links that are text and lead nowhere. */
import { profile } from '@grimoire/schema/profile'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { Copy } from '../design/copy.tsx'
import { ask } from '../edge/ask.ts'
import { plain } from '../words/plain.ts'

export const profileOf = (wallet: string) =>
  queryOptions({
    queryKey: ['profile', wallet],
    queryFn: ({ signal }) =>
      ask(`/v1/profiles/${encodeURIComponent(wallet)}`, { read: body => profile.parse(body), signal }),
    staleTime: 60_000,
  })

/** Silent where nothing was said, and where the edge does not tell: the works stand for themselves. */
export function ProfileWords({ wallet }: { wallet: string }) {
  const { data } = useQuery(profileOf(wallet))
  if (!data || (data.bio === '' && data.links.length === 0)) return null
  return (
    <div className="mb-10 max-w-2xl">
      {data.bio && <p className="font-book text-xl leading-snug whitespace-pre-wrap">{plain(data.bio)}</p>}
      {data.links.length > 0 && (
        <ul aria-label="Links" className="mt-3">
          {data.links.map(link => (
            <li key={link}>
              <code>{plain(link)}</code> <Copy text={link} what={plain(link)} className="button quiet" />
            </li>
          ))}
        </ul>
      )}
      <p className="whisper mt-2">
        Its own words, said to this edge with its signature; nobody checked them.
      </p>
    </div>
  )
}
