/** What a change of holders ends: answers, turns that can be read again, words that were remembered, works held open. */
import { versionKey } from './admission/grants.ts'
import type { NodeParts } from './parts.ts'

type Swept = Pick<NodeParts, 'grants' | 'answering' | 'turns' | 'memories' | 'works' | 'drafts' | 'bases'>

export const sweeping =
  ({ grants, answering, turns, memories, works, drafts, bases }: Swept): NodeParts['sweep'] =>
  async (anew = false) => {
    const { standing, isSure } = await grants.standing(anew)
    const ids = new Set(standing.map(({ id }) => id))
    answering.keepOnly(ids)
    turns.keepOnly(ids)
    const versions = new Set(standing.map(versionKey))
    memories.keepWordsOnly(versions)
    await works.keepOnly(versions)
    if (works.size === 0 && drafts.size === 0) await bases.renew()
    return isSure
  }
