/**
 * The door of every npm script: installs what is missing, finds a Node 24, and runs the command under it.
 * Plain JavaScript without dependencies, because it has to run on a system Node 20 before anything is installed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const modules = join(root, 'node_modules')
const marker = join(modules, '.grimoire-installed')
/** Names who installs. Beside the modules, which an installation empties first. */
const turn = join(root, '.grimoire', 'installing')

const COMMANDS = {
  start: 'devnet/start.ts',
  page: 'web/build.ts',
  ship: 'worker/ship.ts',
  api: 'worker/publish-api.ts',
  screens: 'test/screens.ts',
  demo: 'devnet/demo.ts',
  visit: 'devnet/visit.ts',
  grimoire: 'client/cli/main.ts',
  test: 'test/run.ts',
  check: 'test/check.ts',
  bench: 'test/bench/main.ts',
  proof: 'test/proof/main.ts',
  contracts: 'contracts/compile.ts',
  deploy: 'contracts/deploy-main.ts',
  migrations: 'schema/migrate.ts',
  relock: 'devnet/relock.ts',
  errors: 'schema/errors-page.ts',
  edge: 'worker/main.ts',
}

/** The edge serves the page that lies in web/dist: these commands look at it, so it has to be there, and fresh. */
const SHOWS_PAGE = new Set(['start', 'test', 'bench', 'screens'])

function stop(sentence, mend) {
  process.stderr.write(`${sentence}\n${mend}\n`)
  process.exit(1)
}

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
const isInstalled = () => existsSync(marker) && readFileSync(marker, 'utf8') === lockHash()

/** How many packages are on disk: the only progress that npm lets one see from outside. */
function installedPackages() {
  if (!existsSync(modules)) return 0
  const names = readdirSync(modules).filter(name => !name.startsWith('.'))
  return names.reduce(
    (sum, name) => sum + (name.startsWith('@') ? readdirSync(join(modules, name)).length : 1),
    0,
  )
}

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** True where it is ours. One that whoever had it left behind, dead, is taken away first. */
function takeTurn() {
  mkdirSync(dirname(turn), { recursive: true })
  try {
    writeFileSync(turn, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    // Empty for a moment, while its taker writes.
    const holder = existsSync(turn) ? readFileSync(turn, 'utf8') : ''
    if (holder !== '' && !isAlive(Number(holder))) rmSync(turn, { force: true })
    return false
  }
}

/** Two commands in a fresh clone: npm would empty the modules under the other's feet. */
async function installInTurn() {
  let said = false
  while (!isInstalled()) {
    if (takeTurn()) {
      process.on('exit', () => rmSync(turn, { force: true }))
      if (!isInstalled()) await install()
      rmSync(turn, { force: true })
      return
    }
    if (!said) process.stderr.write('Another command is installing what is missing; this one waits for it.\n')
    said = true
    await pause(500)
  }
}

async function install() {
  const started = Date.now()
  const wanted = Object.keys(
    JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages,
  ).length
  process.stderr.write(
    'Installing what is missing (first run, or the lockfile changed); this takes a minute or two.\n',
  )
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  })
  let errors = ''
  npm.stderr.on('data', data => {
    errors += data
  })
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - started) / 1000)
    process.stderr.write(`  ${seconds} s, ${installedPackages()} of about ${wanted} packages on disk\n`)
  }, 5_000)
  const code = await new Promise(resolve => npm.on('close', resolve).on('error', () => resolve(127)))
  clearInterval(progress)
  if (code === 127) stop('npm was not found.', 'Install npm 11 or newer, then run the command again.')
  if (code !== 0)
    stop(
      `npm ci failed with exit code ${code}:\n${errors.trim().slice(-2_000)}`,
      'Check the network and the disk, then run the command again.',
    )
  writeFileSync(marker, lockHash())
  process.stderr.write(`Installed in ${Math.round((Date.now() - started) / 1000)} s.\n`)
}

/** Whether npm brings a Node 24 for this machine, or the one that runs this is one: known before anything is installed. */
function requirePlatform() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return
  const glibc = process.report?.getReport().header.glibcVersionRuntime
  if (process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch) && glibc) return
  stop(
    `Grimoire runs on Node 24, which npm brings for Linux (glibc) x64 and arm64 only; this is ${process.platform} ${process.arch} with Node ${process.versions.node}.`,
    'Install Node 24 from nodejs.org, then run the command again.',
  )
}

function findNode() {
  const bundled = join(modules, `node-${process.platform}-${process.arch}`, 'bin', 'node')
  if (existsSync(bundled)) return bundled
  const onPath = spawnSync('node', ['--version'], { encoding: 'utf8' }).stdout ?? ''
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  if (Number(/^v(\d+)/.exec(onPath)?.[1]) >= 24) return 'node'
  return stop(
    'The Node 24 that npm brings is missing.',
    'Run npm ci without --omit=optional, then run the command again.',
  )
}

const [command, ...args] = process.argv.slice(2)
if (!Object.hasOwn(COMMANDS, command)) {
  stop(`There is no command "${command ?? ''}".`, `Use one of: ${Object.keys(COMMANDS).join(', ')}.`)
}
requirePlatform()
await installInTurn()

const node = findNode()
const PAGE = join(root, COMMANDS.page)
if (SHOWS_PAGE.has(command)) {
  const { status } = spawnSync(node, [PAGE], { cwd: root, stdio: 'inherit' })
  if (status !== 0)
    stop('The page could not be built.', 'Read what stands above, then run the command again.')
}
const child = spawn(node, [join(root, COMMANDS[command]), ...args], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [dirname(node), join(modules, '.bin'), process.env.PATH].join(delimiter),
    NODE_NO_WARNINGS: '1',
  },
})
// A terminal sends Ctrl-C to the child as well: this process only has to outlive it. SIGTERM comes to us alone.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
process.on('SIGHUP', () => child.kill('SIGHUP'))
child.on('error', error =>
  stop(
    `Node could not be started: ${error.message}.`,
    'Install Node 24 from nodejs.org, then run the command again.',
  ),
)
child.on('close', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
