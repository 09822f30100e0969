/** What a work's page says of its proofs of opening: how many hold, that none does, or that nobody could check. */
import { plural } from '../words/plain.ts'

/** `unchecked`: there are proofs, and the chain or the edge did not answer while they were checked. */
export function provenWords(held: number | 'unchecked'): { chip: string; whisper: string } {
  if (held === 'unchecked') {
    return {
      chip: 'Proofs not checked',
      whisper: 'Nodes have posted proofs that this opens; whether they hold could not be checked now.',
    }
  }
  if (held === 0) return { chip: 'Unproven', whisper: 'No node has shown yet that this opens and answers.' }
  return {
    chip: `Proven to open by ${plural(held, 'node')}`,
    whisper: 'Signed by operators with a bond: it opened, its parts are whole, and it answered.',
  }
}
