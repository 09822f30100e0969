/** One line of a benchmark: ours beside an anchor measured in the same run, so that the ratio travels between machines. */

export type Row = {
  name: string
  ours: number
  anchor: number | null
  /** ours / anchor. */
  ratio: number | null
  unit: string
  /** What we mean to keep, in words; null where a figure is only told. */
  goal: string | null
  met: boolean | null
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 ? high : ((sorted[middle - 1] ?? high) + high) / 2
}

/** Gas is exact; everything else is measured. */
const rounded = (value: number, unit = '') => (unit === 'gas' ? value : Number(value.toPrecision(4)))

export function row(
  name: string,
  unit: string,
  ours: number,
  /** The goal is for the ratio, or for the figure itself where it has no anchor. */
  rest: { anchor?: number; goal?: [string, (ratioOrFigure: number) => boolean] } = {},
): Row {
  const { anchor, goal } = rest
  const ratio = anchor === undefined ? null : ours / anchor
  return {
    name,
    unit,
    ours: rounded(ours, unit),
    anchor: anchor === undefined ? null : rounded(anchor, unit),
    ratio: ratio === null ? null : rounded(ratio),
    goal: goal?.[0] ?? null,
    met: goal ? goal[1](ratio ?? ours) : null,
  }
}

export async function timed<T>(run: () => Promise<T>): Promise<{ ms: number; result: T }> {
  const started = performance.now()
  const result = await run()
  return { ms: performance.now() - started, result }
}

export function printRows(rows: readonly Row[]): void {
  const cells = [
    ['', 'ours', 'anchor', 'ratio', 'unit', 'goal', ''],
    ...rows.map(one => [
      one.name,
      String(one.ours),
      one.anchor === null ? '' : String(one.anchor),
      one.ratio === null ? '' : String(one.ratio),
      one.unit,
      one.goal ?? '',
      one.met === null ? '' : one.met ? 'met' : 'MISSED',
    ]),
  ]
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map(line => line[column]?.length ?? 0)),
  )
  for (const line of cells) {
    process.stdout.write(
      `${line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    )
  }
}
