#!/usr/bin/env -S node --max-semi-space-size=16
/** `grimoire-node`: what an operator does with a node, from the first configuration to the last claim. */
import { fail } from './operate/exit.ts'
import { program } from './operate/program.ts'

const json = process.argv.includes('--json')

// A reader that left (`| head`) is no failure.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
})

/** Alone it says what there is to say; flags alone mean `run`. */
function commandLine([node = '', file = '', ...given]: string[]): string[] {
  const commands = new Set(program().commands.map(command => command.name()))
  const named = given.some(word => commands.has(word)) || !given[0]?.startsWith('-')
  const asks = given.length === 0 || /^(-h|--help|-V|--version)$/.test(given[0] ?? '')
  return [node, file, ...(asks ? [given[0] ?? '--help'] : named ? given : ['run', ...given])]
}

program()
  .parseAsync(commandLine(process.argv))
  .catch((error: unknown) => {
    process.exitCode = fail(error, json)
  })
