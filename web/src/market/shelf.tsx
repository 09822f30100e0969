/** Works as books on a shelf: the title stands on the cover, what it costs and who made it below. */
import { Link } from '@tanstack/react-router'
import { Cover } from '../design/cover.tsx'
import type { BookFacts } from '../edge/read-plainly.ts'
import { count, money, plain, plural, short } from '../words/plain.ts'

const GRID =
  'grid grid-cols-[repeat(auto-fill,minmax(min(100%,8.4rem),1fr))] gap-x-6 gap-y-11 sm:grid-cols-[repeat(auto-fill,minmax(13rem,1fr))] sm:gap-x-10'

const untitled = (workId: string) => `Work ${workId.slice(0, 6)}`
export const titleOf = (work: { title: string | null; workId: string }): string =>
  plain(work.title ?? '').trim() || untitled(work.workId)

function left({ minted, terms }: BookFacts): string {
  const rest = terms.editionCap - minted
  return rest > 0 ? `${count(rest)} of ${count(terms.editionCap)} left` : 'sold out'
}

/** How much a work is used, in the only measures that the chain keeps: what was bought, and what answers brought. */
function use({ sales, collectedAtomic }: BookFacts): string {
  const bought = sales === 0 ? 'not bought yet' : `bought ${sales === 1 ? 'once' : `${count(sales)} times`}`
  return collectedAtomic === '0' ? bought : `${bought}, answers paid ${money(collectedAtomic)}`
}

export function Book({ work }: { work: BookFacts }) {
  const { workId, creator, terms, liveListings, floorPriceAtomic } = work
  return (
    <li>
      <article className="group relative">
        <div className="motion-safe:transition-transform motion-safe:duration-200 motion-safe:group-hover:-translate-y-1.5">
          <Cover workId={workId} kind={terms.kind} title={titleOf(work)}>
            <h2 className="text-[length:inherit] leading-[inherit]">
              <Link
                to="/works/$workId"
                params={{ workId }}
                className="text-inherit no-underline after:absolute after:inset-0 focus-visible:outline-offset-8"
              >
                {titleOf(work)}
              </Link>
            </h2>
          </Cover>
        </div>
        <p className="mt-3 flex flex-wrap items-baseline justify-between gap-x-3">
          <span className="font-book text-xl font-semibold">{money(terms.priceAtomic)}</span>
          <span className="whisper">
            {terms.kind}
            {work.openings === 0 && ', unproven'}
          </span>
        </p>
        <p className="whisper">by {short(creator)}</p>
        <p className="whisper">{left(work)}</p>
        <p className="whisper">{use(work)}</p>
        {liveListings > 0 && floorPriceAtomic && (
          <p className="whisper">
            {plural(liveListings, 'resale')} from {money(floorPriceAtomic)}
          </p>
        )}
      </article>
    </li>
  )
}

export function Shelf({ works }: { works: readonly BookFacts[] }) {
  return (
    <ul className={GRID}>
      {works.map(work => (
        <Book key={work.workId} work={work} />
      ))}
    </ul>
  )
}

export function EmptyShelf() {
  return (
    <div role="status" aria-label="The works are on their way" className={GRID}>
      {['one', 'two', 'three', 'four', 'five', 'six'].map(name => (
        <div key={name}>
          <div className="waiting aspect-[300/420]" />
          <div className="waiting mt-3 h-5 w-1/2" />
          <div className="waiting mt-2 h-4 w-3/4" />
        </div>
      ))}
    </div>
  )
}
