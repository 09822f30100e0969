/** `npm run proof -- NAME [arguments]`: runs `test/proof/NAME.ts`; a table, then one JSON line. */
import { readdirSync } from 'node:fs'
import { type Proof, printProof } from './proof.ts'

const names = readdirSync(import.meta.dirname)
  .map(file => file.replace(/\.ts$/, ''))
  .filter(name => !['main', 'proof'].includes(name))

const [name = '', ...args] = process.argv.slice(2)
if (!names.includes(name)) {
  process.stderr.write(`There is no proof "${name}".\nUse one of: ${names.join(', ')}.\n`)
  process.exit(1)
}
const { proof }: { proof: Proof } = await import(`./${name}.ts`)
const rows = await proof(args)
printProof(rows)
process.stdout.write(`${JSON.stringify({ proof: name, rows })}\n`)
process.exit(0)
