/** `npm run proof -- NAME [arguments]`: runs `test/proof/NAME.ts`, which prints a table and one JSON line; 1 when a promise failed. */
import { readdirSync } from 'node:fs'

const names = readdirSync(import.meta.dirname)
  .filter(file => !file.endsWith('.test.ts'))
  .map(file => file.replace(/\.ts$/, ''))
  .filter(name => !['main', 'proof'].includes(name))

const [name = ''] = process.argv.slice(2)
if (!names.includes(name)) {
  process.stderr.write(`There is no proof "${name}".\nUse one of: ${names.join(', ')}.\n`)
  process.exit(1)
}
await import(`./${name}.ts`)
process.exit() // With what the proof says, whatever is still open.
