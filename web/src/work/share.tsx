/** A work shown to somebody else: its address, and the picture that other sites show beside it. */
import { Copy } from '../design/copy.tsx'
import { useLinkBase } from '../edge/link-base.ts'

export function Share({ workId }: { workId: string }) {
  const base = useLinkBase()
  return (
    <div className="mt-4 flex flex-wrap gap-2">
      <Copy text={`${location.origin}/works/${workId}`} label="Copy its link" />
      <a className="button" href={`${base}/v1/works/${workId}/card.png`} target="_blank" rel="noreferrer">
        Its picture
      </a>
    </div>
  )
}
