/** `npm run bench -- NAME`: medians and ratios as a table, then one JSON line. */
import { benchEdge } from './edge.ts'
import { benchIndex } from './index.ts'
import { benchLedger } from './ledger.ts'
import { benchNode } from './node.ts'
import { benchAdmission } from './node-admission.ts'
import { benchVouchers } from './node-vouchers.ts'
import { benchPath } from './path.ts'
import { printRows, type Row } from './row.ts'
import { benchStart } from './start.ts'
import { benchWeb } from './web.ts'

const BENCHES: Record<string, (args: string[]) => Promise<Row[]>> = {
  admission: benchAdmission,
  edge: benchEdge,
  gas: benchLedger,
  index: benchIndex,
  node: benchNode,
  path: benchPath,
  start: benchStart,
  vouchers: benchVouchers,
  web: benchWeb,
}
/** The others take no arguments. */
const TAKES_ARGUMENTS = ['edge', 'node', 'web']

const [name = '', ...rest] = process.argv.slice(2)
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
if (!bench || (rest.length > 0 && !TAKES_ARGUMENTS.includes(name))) {
  process.stderr.write(
    `There is no benchmark "${[name, ...rest].join(' ')}".\nUse one of: ${Object.keys(BENCHES).join(', ')}.\n`,
  )
  process.exit(1)
}
const rows = await bench(rest)
printRows(rows)
process.stdout.write(`${JSON.stringify({ bench: name, rows })}\n`)
process.exit(0)
