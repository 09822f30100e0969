/** What a work is made of: its model, licence and parts, the works that it builds on, and its versions with their hashes. */
import type { WorkDetail } from '@grimoire/schema/catalogue'
import { Link } from '@tanstack/react-router'
import { count, day, percent, plain, short } from '../words/plain.ts'

export function Facts({ work }: { work: WorkDetail }) {
  const { manifest, tags } = work
  const rows: [string, string][] = [
    ['Model', manifest ? `${plain(manifest.base.name)} (${short(manifest.base.sha256)})` : 'not known yet'],
    [
      'Adapter',
      work.hasAdapter === null ? 'not known yet' : work.hasAdapter ? 'its own, sealed with it' : 'none',
    ],
    ['Language', plain(work.language ?? 'not known yet')],
    ['Licence', plain(work.licence ?? 'not known yet')],
    [
      'Sealed parts',
      manifest
        ? manifest.parts.map(part => `${part.role}, ${count(part.sizeBytes)} bytes`).join('; ')
        : 'not known yet',
    ],
    ['Minted', day(work.createdAtSeconds)],
  ]
  return (
    <>
      <dl className="grid gap-x-6 gap-y-1.5 sm:grid-cols-[10rem_1fr]">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-faded">{name}</dt>
            <dd className="mb-2 sm:mb-0">{value}</dd>
          </div>
        ))}
      </dl>
      {tags.length > 0 && (
        <ul aria-label="Tags" className="mt-4 flex flex-wrap gap-2">
          {tags.map(tag => (
            <li key={tag}>
              <Link to="/" search={{ q: tag }} className="chip no-underline hover:text-rubric">
                {plain(tag)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

export function Lineage({ work }: { work: WorkDetail }) {
  if (work.parents.length === 0) return null
  return (
    <ul className="mt-4 space-y-1">
      {work.parents.map(({ workId, shareBps, confirmed }) => (
        <li key={workId}>
          Builds on{' '}
          <Link to="/works/$workId" params={{ workId }} className="text-rubric">
            work {short(workId)}
          </Link>
          , which gets {percent(shareBps)} of what its maker earns by answers
          {confirmed ? '; confirmed by that work’s maker.' : '; claimed, not yet confirmed.'}
        </li>
      ))}
    </ul>
  )
}

export function Versions({ work }: { work: WorkDetail }) {
  return (
    <ol className="mt-4 space-y-1">
      {work.versions.map(({ version, contentHash }) => (
        <li key={version}>
          Version {version}
          {version === work.latestVersion ? ', the latest' : ''}{' '}
          <code className="whisper">{short(contentHash)}</code>
        </li>
      ))}
    </ol>
  )
}
