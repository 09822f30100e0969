/**
 * `npm run api`: writes what the client knows of the edge's routes, taken from the edge itself, running. With `--check` it
 * only says what is behind: those types, a parameter without a word of explanation, a deployment without a binding.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { clientTypes } from './client-types.ts'
import { deploymentFaults } from './deployments.ts'
import type { Description, Operation } from './description.ts'
import { LEDGER_NOWHERE, startEdge } from './local.ts'

const FILE = join(dirname(import.meta.dirname), 'client', 'generated', 'edge-routes.ts')
/** An edge without a chain describes itself like the others. */
async function readDescription(): Promise<Description> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'grimoire-api-'))
  const edge = await startEdge({
    stateFolder,
    addresses: LEDGER_NOWHERE,
    rpcUrl: 'http://127.0.0.1:1',
    indexEveryMs: 0,
  })
  try {
    return (await (await fetch(`${edge.url}/openapi.json`)).json()) as Description // Safety: what `describe` makes.
  } finally {
    await edge.stop()
    rmSync(stateFolder, { recursive: true, force: true })
  }
}

/** Every parameter says what it is; every route what it is for. */
function silences({ paths }: Description): string[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries<Operation>(methods).flatMap(([method, { summary, parameters = [] }]) => [
      ...(summary ? [] : [`${method} ${path} has no summary`]),
      ...parameters
        .filter(({ description }) => !description)
        .map(
          ({ name }) =>
            `${method} ${path}: the parameter ${name} has no description: give its schema a .meta`,
        ),
    ]),
  )
}

const description = await readDescription()
const wanted = clientTypes(description)
const faults = [...silences(description), ...deploymentFaults()]
if (process.argv.includes('--check')) {
  // A route that is not there yet cannot be asked by the client, so it is no lie; a line that is no longer so is one.
  const now = new Set(wanted.split('\n'))
  if (
    !existsSync(FILE) ||
    readFileSync(FILE, 'utf8')
      .split('\n')
      .some(line => !now.has(line))
  ) {
    faults.push('client/generated/edge-routes.ts is behind the routes. Run: npm run api')
  }
} else {
  mkdirSync(dirname(FILE), { recursive: true })
  writeFileSync(FILE, wanted)
}
for (const fault of faults) process.stderr.write(`${fault}\n`)
process.exit(faults.length === 0 ? 0 : 1)
