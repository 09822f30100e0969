/** `grimoire`: a holder's commands. Each does one thing, says what it did, and takes `--json` where a program may read it. */
import { asProblem } from '@grimoire/schema/problem'
import { Command } from 'commander'
import { GATEWAY_PORT } from '../gateway/place.ts'
import { grantCommand, importCommand, refundCommand } from './act.ts'
import { PLAYERS } from './options.ts'
import { serveCommand } from './serve.ts'
import { operatorsCommand, spendingCommand, worksCommand } from './show.ts'

const collect = (value: string, before: string[] = []) => [...before, value]

/** What every command asks: which market, whose wallet, where the store lies. */
const placed = (command: Command): Command =>
  command
    .option('--config <file>', 'JSON with these settings by their names in camel case; flags beat it')
    .option('--edge <url>', 'the market’s edge (default: http://127.0.0.1:8787)')
    .option(
      '--mirror <url>',
      'a folder of sealed files by hash, with --edge or in its place; may be repeated',
      collect,
    )
    .option('--rpc <url>', 'the chain (default: the first that the edge names)')
    .option('--store <folder>', 'where keys, grants and spending lie (default: ~/.local/share/grimoire)')
    .option('--wallet <file>', 'the holder’s key: hex with mode 0600, or a keystore of version 3')
    .option('--play <name>', `on a devnet without --wallet: ${PLAYERS.join(', ')} (default: cleo)`)
    .option('--passphrase-file <file>', 'of the store; else GRIMOIRE_PASSPHRASE, else asked')
    .option('--wallet-passphrase-file <file>', 'of the keystore; else GRIMOIRE_WALLET_PASSPHRASE, else asked')

const limited = (command: Command): Command =>
  command
    .option('--daily-cap <dollars>', 'the most that a day’s answers may cost (default: 2)')
    .option('--max-turn <dollars>', 'the most that one answer may cost (default: 0.5)')
    .option('--max-deposit <dollars>', 'the most that lies in one channel unspent (default: 1)')
    .option('--lanes <count>', 'answers at once from one work and operator, each with a deposit (default: 1)')
    .option('--answer-timeout <seconds>', 'until the first byte (default: 120)')

const example = (...lines: string[]) =>
  `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map(line => `  $ ${line}`).join('\n')}`

type Verb = {
  says: string
  examples: string[]
  run: (...given: never[]) => Promise<void>
  /** What it says for programs; without it `--json` is no option of it. */
  json?: string
}

/** One command with what every command asks; its own options follow. */
function add(grimoire: Command, name: string, { says, examples, run, json }: Verb): Command {
  const command = placed(grimoire.command(name))
    .description(says)
    .addHelpText('after', example(...examples))
    .action(run as (...given: unknown[]) => Promise<void>) // Safety: commander hands each verb its own arguments.
  return json === undefined ? command : command.option('--json', json)
}

function addServe(grimoire: Command): void {
  const command = add(grimoire, 'serve', {
    says: 'an OpenAI base URL and key on this machine, paid by voucher under a daily cap',
    examples: ['grimoire serve', 'grimoire serve --wallet me.json --config base.json --daily-cap 5'],
    run: serveCommand,
    json: 'one line of JSON when it is ready',
  })
  limited(command)
    .option('--host <address>', 'the address to listen at (default: 127.0.0.1)')
    .option('--port <number>', `the port to listen at (default: ${GATEWAY_PORT})`)
    .option('--allow-host <name>', 'a name that programs ask for beside localhost; may be repeated', collect)
    .option('--allow-origin <url>', 'a page that may ask from a browser; may be repeated', collect)
    .option('--new-token', 'make another API key: the old one ends')
}

/** What may be done beside a gateway that runs. */
function addGrants(grimoire: Command): void {
  add(grimoire, 'works', {
    says: 'the works that the wallet holds, and the model names they have',
    examples: ['grimoire works'],
    run: worksCommand,
    json: 'as JSON',
  })
  add(grimoire, 'grant <work>', {
    says: 'let operators open a work for you; serve does this by itself when it first asks one',
    examples: ['grimoire grant captain-flint --days 30'],
    run: grantCommand,
    json: 'as JSON',
  })
    .option('--operator <address>', 'one operator only')
    .option('--days <count>', 'for how long, at most 30 (default: 7)')
  add(grimoire, 'import <file>', {
    says: 'take in a grant and its channel that a page has exported: no wallet is needed then',
    examples: ['grimoire import captain-flint.gateway.json'],
    run: importCommand,
  })
}

function addMoney(grimoire: Command): void {
  add(grimoire, 'spending', {
    says: 'what was spent, by day, work and operator',
    examples: ['grimoire spending --days 7', 'grimoire spending --json'],
    run: spendingCommand,
    json: 'as JSON',
  })
    .option('--days <count>', 'how far back (default: 30)')
    .option('--daily-cap <dollars>', 'the cap to compare today with (default: 2)')
    .option('--receipts', 'the signed receipts, as JSON')
  add(grimoire, 'operators', {
    says: 'operators that misstated a receipt and are not paid again',
    examples: ['grimoire operators'],
    run: operatorsCommand,
    json: 'as JSON',
  }).option('--trust <address>', 'pay this one again')
  add(grimoire, 'refund', {
    says: 'get back what is left of every deposit; stop the gateway first',
    examples: ['grimoire refund', 'grimoire refund --leave'],
    run: refundCommand,
  })
    .option('--leave', 'leave a node that does not give it back, through the chain')
    .option('--finish', 'end such an exit, once its delay has passed')
}

function program(): Command {
  const grimoire = new Command('grimoire')
    .description('Use the works that you hold from any OpenAI client, and see what it costs.')
    .version('0.1.0')
    .addHelpText('after', example('npm start   # a whole market on this machine', 'npx grimoire serve'))
  addServe(grimoire)
  addGrants(grimoire)
  addMoney(grimoire)
  return grimoire
}

program()
  .parseAsync()
  .then(() => process.exit(process.exitCode ?? 0))
  .catch((error: unknown) => {
    const problem = asProblem(error)
    const unforeseen =
      problem.code === 'internal' && error instanceof Error ? ` ${error.stack ?? error.message}` : ''
    process.stderr.write(`${problem.message}${unforeseen}\n${problem.mend}\n`)
    process.exit(1)
  })
