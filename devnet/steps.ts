/** The demo's table: each step as one line with who did what, how long it took, what it cost and its transaction. */
import { formatMoney } from '@grimoire/schema/amounts'
import type { Hex } from '@grimoire/schema/hex'

/** What a step leaves behind for its line; a step that touched no chain has no gas and no transaction. */
export type Trace = { paidAtomic?: bigint; gasUsed?: bigint; transaction?: Hex; note?: string }

const WIDTHS = { who: 9, what: 66, time: 9, paid: 11, gas: 9 }
const cell = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width)

function line(who: string, what: string, time: string, paid: string, gas: string, rest: string): string {
  return [
    cell(who, WIDTHS.who),
    cell(what, WIDTHS.what),
    time.padStart(WIDTHS.time),
    paid.padStart(WIDTHS.paid),
    gas.padStart(WIDTHS.gas),
    `  ${rest}`,
  ]
    .join(' ')
    .trimEnd()
}

export function createSteps(write: (text: string) => void) {
  write(`${line('who', 'what', 'took', 'paid', 'gas', 'transaction')}\n`)
  return {
    /** Runs a step and prints its line. The trace is read from the result, so that a line cannot say what did not happen. */
    async step<T>(
      who: string,
      what: string,
      run: () => Promise<T>,
      trace: (result: T) => Trace = () => ({}),
    ): Promise<T> {
      const started = performance.now()
      const result = await run()
      const ms = Math.round(performance.now() - started)
      const { paidAtomic, gasUsed, transaction, note } = trace(result)
      const paid = paidAtomic === undefined ? '' : `$${formatMoney(paidAtomic)}`
      const time = ms < 10_000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
      const rest = [transaction, note].filter(Boolean).join('  ')
      write(`${line(who, what, time, paid, gasUsed === undefined ? '' : String(gasUsed), rest)}\n`)
      return result
    },
  }
}
