/** What a proof hands back: one row for each claim, with how often it was tried and how often it did not hold. */

export type ProofRow = {
  name: string
  n: number
  failures: number
  seconds: number
  seed: number
  /** What is measured so that it is known: its failures fail no proof. */
  promised?: 'no'
  /** Further figures that belong to the row. */
  [figure: string]: string | number
}

/** Runs one claim `n` times; `run` says whether it held. */
export async function claim(
  about: { name: string; seed: number },
  run: () => Promise<{ n: number; failures: number } & Record<string, string | number>>,
): Promise<ProofRow> {
  const startedMs = performance.now()
  const { n, failures, ...figures } = await run()
  const seconds = Math.round((performance.now() - startedMs) / 10) / 100
  return { name: about.name, n, failures, seconds, seed: about.seed, ...figures }
}

function printRows(rows: readonly ProofRow[]): void {
  for (const { name, n, failures, seconds, seed, ...figures } of rows) {
    const held = n === 0 ? 0 : (100 * (n - failures)) / n
    const rest = Object.entries(figures).map(([figure, value]) => `${figure} ${value}`)
    const line = [
      `${held.toFixed(2).padStart(6)} %`,
      `${n - failures} of ${n}`.padStart(16),
      name.padEnd(44),
      ...rest,
    ]
    process.stdout.write(`${line.join('  ').trimEnd()}\n`)
  }
}

/** Without a failure, or with few enough of them where there is a goal; what was never tried does not hold. */
export const holds = ({ n, failures, goal, promised }: ProofRow): boolean =>
  promised === 'no' || (n > 0 && (failures === 0 || (typeof goal === 'string' && goal.endsWith(' met'))))

/**
 * What each file of this folder ends in: runs its proof, prints a table and, as the last line, the rows as JSON. The
 * process exits with 1 when a promise did not hold.
 */
export async function prove(
  name: string,
  proof: (args: readonly string[]) => Promise<ProofRow[]>,
): Promise<void> {
  const rows = await proof(process.argv.slice(3))
  printRows(rows)
  process.stdout.write(`${JSON.stringify({ proof: name, rows })}\n`)
  const broken = rows.filter(row => !holds(row))
  if (rows.length > 0 && broken.length === 0) return
  process.stderr.write(`Does not hold: ${broken.map(row => row.name).join(', ') || 'nothing was tried'}.\n`)
  process.exitCode = 1
}
