/** A place in the engine for an answer that nobody pays for: one that nobody who pays wants now. */
import { Problem } from '@grimoire/schema/problem'
import type { EnginePort } from './port.ts'

/** `admit` puts the work into the engine, where it is until the way out was taken, and no longer. */
export async function enterSpare(
  engine: EnginePort,
  work: string,
  admit: () => void,
): Promise<() => Promise<void>> {
  if (!engine.hasRoom) throw new Problem('node_busy', { expected: 'an idle place' })
  const exit = engine.turnstile.enterSpare()
  const leave = async () => {
    await engine.forget(work).catch(() => undefined)
    exit()
  }
  try {
    admit()
  } catch (error) {
    await leave()
    throw error
  }
  return leave
}
