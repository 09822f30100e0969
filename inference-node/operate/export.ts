/** `export`: turns, receipts and claims as CSV, for the operator's books; read beside a node that runs. */

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formatMoney } from '@grimoire/schema/amounts'
import { Problem } from '@grimoire/schema/problem'
import { receipt, split } from '@grimoire/schema/receipt'
import { JournalReader, type Span } from '../journal-reader.ts'
import { readSettings } from './config-file.ts'
import { note } from './say.ts'

export const EXPORTS = ['turns', 'receipts', 'claims'] as const
export type ExportKind = (typeof EXPORTS)[number]
export type ExportOptions = { config: string; json: boolean; from?: string; to?: string; output?: string }

type Line = Record<string, string | number>

const time = (seconds: number) => new Date(seconds * 1000).toISOString()
/** Plain decimals: spreadsheets make sums of them. */
const money = (atomic: string) => formatMoney(BigInt(atomic))

function* turns(reader: JournalReader, span: Span): Generator<Line> {
  for (const { id, sequence, firstTokenMs, totalMs, endedAtSeconds, signed } of reader.turns(span)) {
    const { workId, version, channelId, inputBytes, outputBytes, inputTokens, outputTokens, chargedAtomic } =
      signed.receipt
    yield {
      ...{ time: time(endedAtSeconds), id, work: workId, version, channel: channelId, sequence },
      ...{ inputBytes, outputBytes, inputTokens, outputTokens, firstTokenMs, totalMs },
      charged: money(chargedAtomic),
    }
  }
}

/** All that was signed, so that whoever has a row can check its signature: in CSV the split's parts by their own names. */
function* receipts(reader: JournalReader, span: Span): Generator<Line> {
  for (const { id, signed } of reader.turns(span)) {
    const { split, ...plain } = signed.receipt
    const parts = Object.entries(split).map(([name, sum]) => [`split.${name}`, sum])
    yield { id, ...plain, ...Object.fromEntries(parts), signature: signed.signature }
  }
}

/** As a client got it. */
function* signedReceipts(reader: JournalReader, span: Span): Generator<object> {
  for (const { id, signed } of reader.turns(span)) yield { id, ...signed }
}

function* claims(reader: JournalReader, span: Span): Generator<Line> {
  for (const { atSeconds, kind, state, txHash, vouchers, amountAtomic } of reader.claims(span))
    yield { time: time(atSeconds), kind, state, transaction: txHash, vouchers, amount: money(amountAtomic) }
}

const RECEIPT_HEAD = [
  ...Object.keys(receipt.shape).filter(name => name !== 'split'),
  ...Object.keys(split.shape).map(name => `split.${name}`),
]

/** The columns are there without a row too, for whatever reads the file. */
const READERS = {
  turns: {
    head: [
      ...['time', 'id', 'work', 'version', 'channel', 'sequence', 'inputBytes', 'outputBytes'],
      ...['inputTokens', 'outputTokens', 'firstTokenMs', 'totalMs', 'charged'],
    ],
    rows: turns,
    objects: turns,
  },
  receipts: { head: ['id', ...RECEIPT_HEAD, 'signature'], rows: receipts, objects: signedReceipts },
  claims: {
    head: ['time', 'kind', 'state', 'transaction', 'vouchers', 'amount'],
    rows: claims,
    objects: claims,
  },
} as const

/** RFC 4180; a spreadsheet must not run what begins like a formula. */
function field(value: string | number): string {
  const text = String(value)
  const safe = /^[=+\-@\t\r]/.test(text) && typeof value === 'string' ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function* csv(head: readonly string[], lines: Iterable<Line>): Generator<string> {
  yield `${head.map(field).join(',')}\r\n`
  for (const line of lines) yield `${head.map(name => field(line[name] ?? '')).join(',')}\r\n`
}

function secondsOf(text: string | undefined, param: string): number | undefined {
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (Number.isFinite(at)) return Math.floor(at / 1000)
  throw new Problem('usage_invalid', { param, got: `${param} ${text}`, expected: 'a day, as in 2026-11-26' })
}

export async function exportCsv(kind: string, options: ExportOptions): Promise<void> {
  const read = Object.entries(READERS).find(([name]) => name === kind)?.[1]
  if (!read)
    throw new Problem('usage_invalid', { got: `export ${kind}`, expected: `one of ${EXPORTS.join(', ')}` })
  const [fromSeconds, toSeconds] = [secondsOf(options.from, '--from'), secondsOf(options.to, '--to')]
  const reader = JournalReader.open(readSettings(options.config).directory)
  try {
    const span = {
      ...(fromSeconds === undefined ? {} : { fromSeconds }),
      ...(toSeconds === undefined ? {} : { toSeconds }),
    }
    let count = 0
    const counted = function* <T>(rows: Iterable<T>): Generator<T> {
      for (const row of rows) {
        count++
        yield row
      }
    }
    const { head, rows, objects } = read
    await write(
      options.json ? jsonLines(counted(objects(reader, span))) : csv(head, counted(rows(reader, span))),
      options.output,
    )
    if (options.output !== undefined || count === 0) note(`${count} ${kind}`)
  } finally {
    reader.close()
  }
}

async function write(lines: Iterable<string>, output: string | undefined): Promise<void> {
  const source = Readable.from(lines)
  if (output === undefined) return pipeline(source, process.stdout, { end: false })
  await pipeline(source, createWriteStream(output)).catch(cause => {
    throw new Problem('usage_invalid', {
      param: '--output',
      got: `--output ${output}`,
      expected: 'a file that can be written',
      cause,
    })
  })
}

function* jsonLines(lines: Iterable<object>): Generator<string> {
  for (const line of lines) yield `${JSON.stringify(line)}\n`
}
