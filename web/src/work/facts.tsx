/** What a work is made of: its model, licence and parts, and its versions with their hashes. */
import type { WorkDetail } from '@grimoire/schema/catalogue'
import { Link } from '@tanstack/react-router'
import { type Pair, Pairs } from '../design/pairs.tsx'
import { isTag } from '../market/search.ts'
import { bytes, count, day, plain, plural, short } from '../words/plain.ts'

/** Their names are sealed: how many and how large is all that anybody sees. */
function knowledgeIn({ parts }: NonNullable<WorkDetail['manifest']>): string {
  const files = parts.filter(({ role }) => role === 'knowledge')
  const size = files.reduce((sum, { plainSizeBytes }) => sum + plainSizeBytes, 0)
  return files.length === 0 ? 'none' : `with ${plural(files.length, 'file')} (${bytes(size)}), sealed with it`
}

export function Facts({ work }: { work: WorkDetail }) {
  const { manifest, tags } = work
  const rows: Pair[] = [
    ['Model', manifest ? `${plain(manifest.base.name)} (${short(manifest.base.sha256)})` : 'not known yet'],
    [
      'Adapter',
      work.hasAdapter === null ? 'not known yet' : work.hasAdapter ? 'its own, sealed with it' : 'none',
    ],
    ['Language', plain(work.language ?? 'not known yet')],
    ['Licence', plain(work.licence ?? 'not known yet')],
    ['Knowledge', manifest ? knowledgeIn(manifest) : 'not known yet'],
    [
      'Sealed parts',
      manifest
        ? manifest.parts
            .filter(({ role }) => role !== 'knowledge')
            .map(part => `${part.role}, ${count(part.sizeBytes)} bytes`)
            .join('; ')
        : 'not known yet',
    ],
    ['Minted', day(work.createdAtSeconds)],
  ]
  return (
    <>
      <Pairs look="facts" pairs={rows} />
      {tags.length > 0 && (
        <ul aria-label="Tags" className="mt-4 flex flex-wrap gap-2">
          {tags.map(tag => (
            <li key={tag}>
              <Link
                to="/"
                search={isTag(tag) ? { tags: tag } : { q: tag }}
                className="chip no-underline hover:text-rubric"
              >
                {plain(tag)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

export function Versions({ work }: { work: WorkDetail }) {
  return (
    <ol className="mt-6 space-y-1">
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
