/** `npm run edge -- rebuild`: makes an edge's database anew from the chain, with blobs from any mirror. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ledgerAddresses } from '@grimoire/schema/catalogue'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { type Comparison, differingRows } from './compare.ts'
import { type Rebuilt, rebuild } from './rebuild.ts'

const USAGE = `npm run edge -- rebuild --addresses FILE --rpc URL[,URL] --into FOLDER
  --mirror URL        another edge to fetch blobs from; may be repeated
  --gateway URL       an IPFS gateway to fetch blobs from; may be repeated
  --orders-from URL   an edge whose listings, offers and proofs of opening are posted here, each checked anew
  --compare FOLDER    the state of a known edge, to be held against the new one row for row
  --finality BLOCKS   as the known edge has it (default: 64)

Example
  npm run edge -- rebuild --addresses .devnet/addresses.json --rpc http://127.0.0.1:8545 \\
    --mirror http://127.0.0.1:8787 --compare .devnet/edge --into /tmp/rebuilt`

const OPTIONS = {
  addresses: { type: 'string' },
  rpc: { type: 'string' },
  into: { type: 'string' },
  mirror: { type: 'string', multiple: true },
  gateway: { type: 'string', multiple: true },
  'orders-from': { type: 'string' },
  compare: { type: 'string' },
  finality: { type: 'string' },
} as const

function asked() {
  const given = parseArgs({ options: OPTIONS, allowPositionals: true })
  const { addresses, rpc, into, compare, finality, mirror = [], gateway = [] } = given.values
  if (given.positionals.join() !== 'rebuild' || !addresses || !rpc || !into)
    throw new Problem('usage_invalid', { expected: 'rebuild with --addresses, --rpc and --into' })
  return {
    addresses: ledgerAddresses.parse(JSON.parse(readFileSync(addresses, 'utf8'))),
    rpcUrls: rpc.split(','),
    into: resolve(into),
    mirrors: { edges: mirror.map(origin), gateways: gateway.map(origin) },
    ordersFrom: given.values['orders-from'] && origin(given.values['orders-from']),
    compareWith: compare && resolve(compare),
    finalityBlocks: finality === undefined ? undefined : Number(finality),
  }
}

const origin = (url: string) => new URL(url).href.replace(/\/$/, '')
const say = (line: string) => process.stdout.write(`${line}\n`)

function tell({ block, seconds, blobs, posted, comparison }: Rebuilt): void {
  say(`rebuilt to block ${block} in ${seconds} s`)
  say(`blobs: ${blobs.fetched} fetched, ${blobs.had} there already, ${blobs.missing.length} nowhere`)
  for (const sha256 of blobs.missing) say(`  missing ${sha256}`)
  if (posted) say(`posted: ${posted.taken} taken, refused ${JSON.stringify(posted.refused)}`)
  if (comparison) tellComparison(comparison)
}

function tellComparison(comparison: Comparison): void {
  for (const { table, rows, missing, extra, examples } of comparison.tables) {
    say(`${table.padEnd(14)} ${String(rows).padStart(9)} rows  ${missing} missing  ${extra} extra`)
    for (const example of examples) say(`  ${example}`)
  }
  say(`at block ${comparison.block[0]}: ${differingRows(comparison)} rows differ`)
}

try {
  const rebuilt = await rebuild(asked())
  tell(rebuilt)
  if (rebuilt.comparison && differingRows(rebuilt.comparison) > 0) process.exitCode = 1
} catch (error) {
  const told = isProblem(error) ? `${error.message} ${error.mend}` : String(error)
  process.stderr.write(`${told}\n\n${USAGE}\n`)
  process.exitCode = 1
}
process.exit()
