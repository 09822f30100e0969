/** What a command says: lines that fit the terminal for people, one line of JSON for scripts. */
import { formatMoney } from '@grimoire/schema/amounts'

export type Row = readonly [label: string, value: string]

const NARROWEST = 24
const INDENT = '  '

export const terminalWidth = (): number =>
  Math.max(NARROWEST, process.stdout.columns || Number(process.env.COLUMNS) || 80)

/** Words into lines of at most `width`; what has no space in it is left whole, so that it can be copied. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Labels in one column, values beside them; where the terminal is too narrow for that, beneath. */
export function table(rows: readonly Row[], width = terminalWidth()): string {
  const labels = Math.max(0, ...rows.map(([label]) => label.length)) + 2
  const beside = width - labels >= 32
  return rows
    .flatMap(([label, value]) => {
      if (!beside) {
        const lines = wrapped(value, width - INDENT.length).map(line => INDENT + line)
        return label === '' ? lines : [label, ...lines]
      }
      const [first = '', ...rest] = wrapped(value, width - labels)
      return [label.padEnd(labels) + first, ...rest.map(line => ' '.repeat(labels) + line)]
    })
    .join('\n')
}

export const times = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

export const dollars = (atomic: bigint | string | number): string => `$${formatMoney(BigInt(atomic))}`

export function bytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  const value = count / 1000 ** at
  return `${value >= 100 || at === 0 ? Math.round(value) : value.toFixed(1)} ${units[at]}`
}

export function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`
}

export const note = (text: string): void => void process.stderr.write(`${text}\n`)

/** A reader that left (`| head`) is no failure. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`)

export const sayJson = (value: unknown): void =>
  say(JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)))

/** The one or the other, as was asked. */
export function answer(json: boolean, value: unknown, text: () => string): void {
  if (json) sayJson(value)
  else say(text())
}
