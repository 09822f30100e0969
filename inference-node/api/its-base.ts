/** The node's parts as one work sees them: with the engine that runs its base model. */
import type { NodeParts } from '../parts.ts'

/** Refuses a work for a base model that this node has not. */
export async function onItsBase(
  parts: NodeParts,
  { workId, version }: { workId: string; version: number },
): Promise<NodeParts> {
  if (parts.bases.all.length === 1) return parts // Then a stranger's request for any work stays as cheap as it was.
  const manifest = await parts.works.manifest({ workId, version })
  return { ...parts, ...parts.bases.require(manifest.base) }
}
