/** The flags of `npm run deploy` and the deployer's key; docs/deploy.md walks through them. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { LocalAccount } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { deploy, dryRun, type Request, verify } from './deploy-command.ts'
import { devnetFiles, publicFiles } from './deployments.ts'
import { devnetAccount } from './devnet-accounts.ts'
import { type Network, networkOf } from './networks.ts'
import { root } from './sources.ts'

const FLAGS = {
  network: { type: 'string' },
  rpc: { type: 'string' },
  terms: { type: 'string' },
  'key-file': { type: 'string' },
  folder: { type: 'string' },
  'from-block': { type: 'string' },
  'dry-run': { type: 'boolean' },
  verify: { type: 'boolean' },
  'owner-is-deployer': { type: 'boolean' },
} as const

/** Where `npm start` keeps its state. */
const DEVNET_FOLDER = join(root, '..', '.grimoire')

const readFlags = (args: readonly string[]) =>
  parseArgs({ args: [...args], options: FLAGS, allowPositionals: false }).values

type Flags = ReturnType<typeof readFlags>

function flags(args: readonly string[]): Flags {
  try {
    return readFlags(args)
  } catch {
    const known = Object.keys(FLAGS).map(flag => `--${flag}`)
    throw new Error(`got ${args.join(' ')}, expected only ${known.join(', ')}. See docs/deploy.md.`)
  }
}

function requestOf(given: Flags, say: Request['say']): Request {
  const network = networkOf(given.network)
  const folder = given.folder === undefined ? undefined : resolve(given.folder)
  const files = network.isPublic
    ? publicFiles(network.chain.id, folder)
    : devnetFiles(folder ?? DEVNET_FOLDER)
  const fromBlock = given['from-block']
  if (fromBlock !== undefined && !/^\d{1,15}$/.test(fromBlock)) {
    throw new Error(`--from-block: got ${fromBlock}, expected the number of a block. Correct it.`)
  }
  return {
    network,
    files,
    rpcUrl: given.rpc ?? network.rpcUrl,
    ...(given.terms === undefined ? {} : { termsPath: resolve(given.terms) }),
    ...(fromBlock === undefined ? {} : { fromBlock: Number(fromBlock) }),
    say,
  }
}

/** The deployer's key from a file that nobody else may read. */
function accountOf(path: string | undefined, { name, isPublic }: Network): LocalAccount {
  if (path === undefined) {
    if (!isPublic) return devnetAccount(0)
    throw new Error(
      `${name}: got no --key-file, expected one with the deployer's key. Or ask for a --dry-run.`,
    )
  }
  if (!existsSync(path)) {
    throw new Error(
      `--key-file: got ${path}, where nothing is, expected a file with the deployer's key. Correct the path.`,
    )
  }
  const mode = process.platform === 'win32' ? 0 : statSync(path).mode & 0o077
  if (mode !== 0) {
    throw new Error(
      `${path}: got a key that others on this machine can read, expected mode 600. Run chmod 600 on it.`,
    )
  }
  const [, digits] = /^(?:0x)?([0-9a-fA-F]{64})\s*$/.exec(readFileSync(path, 'utf8')) ?? []
  if (digits) return privateKeyToAccount(`0x${digits}`)
  throw new Error(`${path}: expected a private key, 64 hexadecimal digits and nothing else. Write it anew.`)
}

/** One run of the command with these arguments. */
export async function runDeploy(args: readonly string[], say: Request['say']): Promise<void> {
  const given = flags(args)
  if (given['dry-run'] && given.verify) {
    throw new Error('got both --dry-run and --verify, expected one of them. Leave one out.')
  }
  const request = requestOf(given, say)
  if (given.verify) return verify(request)
  if (given['dry-run']) return void (await dryRun(request))
  const account = accountOf(given['key-file'], request.network)
  await deploy(request, { account, ownerIsDeployer: given['owner-is-deployer'] ?? false })
}
