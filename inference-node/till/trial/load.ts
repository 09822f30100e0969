/** Many payers at once on one node: what was accepted, how long it took, what was refused and by which name. */
import type { Asked, Payer } from '../fixture.ts'

export type Load = {
  accepted: number
  /** Answered with 200 and without a receipt: what must never be. */
  lost: number
  refused: Record<string, number>
  latenciesMs: number[]
  chargedAtomic: bigint
}

export const noLoad = (): Load => ({ accepted: 0, lost: 0, refused: {}, latenciesMs: [], chargedAtomic: 0n })

/** After a refusal a payer waits, but not for long: the crowd is meant to press. */
const REFUSED_MS = 100

function count(load: Load, { status, tail, problem }: Asked, milliseconds: number): void {
  if (status !== 200) {
    const code = problem?.code ?? String(status)
    load.refused[code] = (load.refused[code] ?? 0) + 1
  } else if (tail && !problem) {
    load.accepted++
    load.latenciesMs.push(milliseconds)
    load.chargedAtomic += BigInt(tail.receipt.chargedAtomic)
  } else load.lost++
}

/** Each payer asks again and again, one turn after the other, until `over` says so. */
export async function press(
  payers: readonly Payer[],
  url: string,
  body: Record<string, unknown>,
  over: (load: Load) => boolean,
  refusedMs = REFUSED_MS,
): Promise<Load> {
  const load = noLoad()
  await Promise.all(
    payers.map(async payer => {
      while (!over(load)) {
        const startedMs = performance.now()
        const asked = await payer.ask(url, body)
        count(load, asked, performance.now() - startedMs)
        if (asked.status !== 200) await new Promise(resolve => setTimeout(resolve, refusedMs))
      }
    }),
  )
  return load
}
