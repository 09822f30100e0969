/** `npm run bench -- NAME`: medians and ratios as a table, then one JSON line. */
import { benchLedger } from './ledger.ts'
import { benchPath } from './path.ts'
import { printRows, type Row } from './row.ts'
import { benchWeb } from './web.ts'

const BENCHES: Record<string, () => Promise<Row[]>> = { gas: benchLedger, path: benchPath, web: benchWeb }

const [name = '', ...rest] = process.argv.slice(2)
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
if (!bench || rest.length > 0) {
  process.stderr.write(
    `There is no benchmark "${[name, ...rest].join(' ')}".\nUse one of: ${Object.keys(BENCHES).join(', ')}.\n`,
  )
  process.exit(1)
}
const rows = await bench()
printRows(rows)
process.stdout.write(`${JSON.stringify({ bench: name, rows })}\n`)
process.exit(0)
