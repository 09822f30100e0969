/** The three steps of a draft, as they stand in the address. */

export const STEPS = ['write', 'terms', 'publish'] as const
export type StudioStep = (typeof STEPS)[number]

export function readStep(search: Record<string, unknown>): { step?: StudioStep } {
  const step = STEPS.find(one => one === search.step)
  return step && step !== 'write' ? { step } : {}
}
