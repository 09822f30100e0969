/** A creator's recovery as a file: the one form that seal writes, for those who reach seal through the client alone. */
import { type Recovery, recovery, writeRecovery } from '@grimoire/seal/recovery'

export { writeRecovery }

/** What was kept elsewhere as JSON; refused when it is no recovery. */
export const readRecoveryFacts = (kept: unknown): Recovery => recovery.parse(kept)
