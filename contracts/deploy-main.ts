/** `npm run deploy`: runs it, and leaves with exit code 1 and what mends it where it fails. */
import { BaseError } from 'viem'
import { runDeploy } from './deploy-flags.ts'

const say = (line: string) => process.stdout.write(`${line}\n`)

runDeploy(process.argv.slice(2), say).catch((error: unknown) => {
  const foreign = error instanceof BaseError ? error.shortMessage : undefined
  process.stderr.write(`${foreign ?? (error instanceof Error ? error.message : String(error))}\n`)
  process.exit(1)
})
