/** The commands of `grimoire-node`: what each takes, and an example of it. What they do stands in the files they load. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { DEFAULT_CONFIG } from './config-file.ts'
import { EXIT_TEXT } from './exit.ts'

const packaged: { version: string } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
)

type Options = { config: string; json: boolean }

/** Global options stand before or behind the command. */
const optionsOf = <T extends object>(command: Command): T & Options => command.optsWithGlobals()

const example = (command: Command, ...lines: string[]): Command =>
  command.addHelpText('after', `\nExample:\n${lines.map(line => `  $ grimoire-node ${line}`).join('\n')}`)

function setUp(root: Command): void {
  const init = root
    .command('init')
    .description('write a configuration and two encrypted keys')
    .option('-y, --yes', 'ask nothing: take flags and defaults', false)
    .option('--edge <url>', 'edge of the market: it knows the addresses of the ledger')
    .option('--addresses <file>', 'the addresses of the ledger, in place of asking the edge')
    .option('--rpc <url>', 'RPC of the chain')
    .option('--operator <address>', 'the owner’s address')
    .option('--endpoint <url>', 'where holders reach this node')
    .option('--model <model>', 'GGUF file, hf:<user>/<repo>:<quant>, or https://…')
    .option('--gpu <gpu>', 'auto, cuda, vulkan, metal or false')
    .option('--directory <folder>', 'state that outlives a restart')
    .option('--host <host>', 'address to listen on')
    .option('--port <port>', 'port for holders')
    .option('--operate-port <port>', 'port for metrics, on loopback')
    .option('--passphrase-file <file>', 'what encrypts the keys (or GRIMOIRE_PASSPHRASE, or you are asked)')
    .action(async (_, command) => (await import('./init.ts')).init(optionsOf(command)))
  example(init, 'init', 'init --yes --operator 0x… --edge https://edge.example --passphrase-file passphrase')
  const pull = root
    .command('pull [model]')
    .description('download the base model: resumed where it broke off, checked, hashed')
    .option('--directory <folder>', 'where to')
    .option('--sha256 <hash>', 'refuse another file than this')
    .action(async (model, _, command) => (await import('./pull.ts')).pull(model, optionsOf(command)))
  example(pull, 'pull hf:unsloth/Qwen3-0.6B-GGUF:Q4_K_M')
  const doctor = root
    .command('doctor')
    .description('check everything that a node needs, each failure with its mend')
    .option('--quick', 'do not load the model to see what computes')
    .action(async (_, command) => (await import('./doctor.ts')).doctor(optionsOf(command)))
  example(doctor, 'doctor', 'doctor --json | jq .checks')
}

/** Each can be signed here with the owner's keystore, or printed for a wallet elsewhere. */
const owners = (command: Command): Command =>
  command
    .option('--owner-keystore <file>', 'the owner’s keystore: on a machine that does not serve')
    .option(
      '--owner-passphrase-file <file>',
      'what opens it (or GRIMOIRE_OWNER_PASSPHRASE, or you are asked)',
    )
    .option('--print', 'print the transactions as JSON for any wallet; nothing is signed or sent')

const priced = (command: Command): Command =>
  command
    .option('--turn-fee <dollars>', 'a turn')
    .option('--input-per-million <dollars>', 'a million bytes asked')
    .option('--output-per-million <dollars>', 'a million bytes delivered')

const byOwner = (act: 'register' | 'unbond' | 'price' | 'withdraw') => async (_: unknown, command: Command) =>
  (await import('./owner.ts'))[act](optionsOf(command))

function ownersActs(root: Command): void {
  const register = priced(owners(root.command('register')))
    .description('register with a bond, or bring the ledger in line with the configuration')
    .option('--endpoint <url>', 'where holders reach the node, if not as configured')
    .option('--bond <dollars>', 'the bond; left out, the least that counts')
    .option('--payment-address <address>', 'where the keystores are not at hand')
    .option('--session-key <key>', 'the public one, where the keystores are not at hand')
    .action(byOwner('register'))
  example(register, 'register --print', 'register --bond 100 --turn-fee 0.001 --owner-keystore owner.json')
  const bond = owners(root.command('bond <dollars>'))
    .description('add to the bond')
    .action(async (amount, _, command) => (await import('./owner.ts')).bond(amount, optionsOf(command)))
  example(bond, 'bond 50 --owner-keystore owner.json')
  const unbond = owners(root.command('unbond'))
    .description('begin to leave; the bond is free after 14 days')
    .option('--cancel', 'stay')
    .option('--withdraw', 'take the bond that has become free')
    .option('--to <address>', 'where the bond goes, if not to the owner')
    .action(byOwner('unbond'))
  example(unbond, 'unbond --print', 'unbond --withdraw --owner-keystore owner.json')
  const price = priced(owners(root.command('price')))
    .description('show the price card, or change it')
    .action(byOwner('price'))
  example(price, 'price', 'price --turn-fee 0.002 --owner-keystore owner.json')
  const withdraw = owners(root.command('withdraw'))
    .description('take what the ledger owes the owner for answers')
    .option('--to <address>', 'where it goes, if not to the owner')
    .action(byOwner('withdraw'))
  example(withdraw, 'withdraw --owner-keystore owner.json')
}

function serving(root: Command): void {
  const run = root
    .command('run')
    .description('serve until SIGTERM: then finish what runs, claim, and exit 0')
    .option('--model <model>', 'another model than configured')
    .action(async (_, command) => (await import('./run.ts')).run(optionsOf(command)))
  example(run, 'run', 'run --config /etc/grimoire/node.toml')
  const status = root
    .command('status')
    .description('turns, tokens/s, queue, memory, earned, unclaimed, at risk')
    .option('-w, --watch', 'again and again')
    .action(async (_, command) => (await import('./status-command.ts')).status(optionsOf(command)))
  example(status, 'status --watch', 'status --json | jq .money.unclaimedAtomic')
  const claim = root
    .command('claim')
    .description('claim all vouchers now, and have the ledger divide them')
    .action(async (_, command) => (await import('./status-command.ts')).claim(optionsOf(command)))
  example(claim, 'claim')
  const exported = root
    .command('export <turns|receipts|claims>')
    .description('CSV for your books; with --json a line of JSON each')
    .option('--from <day>', 'from this day or time on')
    .option('--to <day>', 'before this day or time')
    .option('-o, --output <file>', 'a file, in place of the standard output')
    .action(async (kind, _, command) => (await import('./export.ts')).exportCsv(kind, optionsOf(command)))
  example(exported, 'export turns --from 2026-11-01 --to 2026-12-01 --output november.csv')
  const why = root
    .command('why')
    .description('why am I not earning? jobs seen and refused, and what others ask')
    .option('--days <days>', 'how far back', '7')
    .action(async (_, command) => (await import('./why.ts')).why(optionsOf(command)))
  example(why, 'why --days 30')
}

export function program(): Command {
  const root = new Command('grimoire-node')
    .description('Serve works of the Grimoire market and be paid for it.')
    .option('-c, --config <file>', 'the configuration', process.env.GRIMOIRE_CONFIG ?? DEFAULT_CONFIG)
    .option('--json', 'answers and failures as JSON', false)
    .version(packaged.version, '-V, --version', 'print the version')
    .exitOverride()
    .configureHelp({ helpWidth: Math.max(60, process.stdout.columns || 80) })
    .showSuggestionAfterError()
    .showHelpAfterError('(grimoire-node --help lists the commands)')
    .addHelpText(
      'after',
      `\nFrom a bare machine to earning:\n  $ grimoire-node init\n  $ grimoire-node pull\n  $ grimoire-node register --print     sign it with the owner’s wallet\n  $ grimoire-node doctor\n  $ grimoire-node run\n${EXIT_TEXT}`,
    )
  setUp(root)
  ownersActs(root)
  serving(root)
  return root
}
