/** `npm start`: the whole market on this machine, its state kept between starts, until Ctrl-C. */
import { join, resolve } from 'node:path'
import { DEVNET_MNEMONIC } from '@grimoire/contracts/devnet-accounts'
import { formatMoney } from '@grimoire/schema/amounts'
import { people } from './accounts.ts'
import { exitWith, readOptions } from './arguments.ts'
import { PROTOCOL_FEE_BPS } from './ledger.ts'
import { type Devnet, startDevnet } from './market.ts'
import { OPERATOR_PRICES } from './node.ts'
import { shiftedPorts } from './ports.ts'

const FOLDER = join(import.meta.dirname, '..', '.grimoire')

function describe({ edge, node, chain, keyNodes, seeds, health, addresses }: Devnet): string {
  const rows: [string, string][] = [
    ['the page', edge.url],
    ['edge API', `${edge.url}/v1/works, described at ${edge.url}/openapi.json`],
    ['chain', `${chain.rpcUrl}, id ${addresses.chainId}, a block each second`],
    ['key nodes', keyNodes.map(({ url }) => url).join(' ')],
    ['inference node', `${node.url}, llama.cpp ${health.llamaRelease}, ${health.base.name}`],
    ['contracts', `works ${addresses.works}, money ${addresses.money}`],
    [
      'prices',
      `$${formatMoney(BigInt(OPERATOR_PRICES.turnFeeAtomic))} a turn plus bytes; protocol fee ${PROTOCOL_FEE_BPS / 100} %`,
    ],
  ]
  const roles = Object.entries(people).map(([name, { address }]) => `  ${name.padEnd(9)} ${address}`)
  return [
    '',
    ...rows.map(([what, where]) => `${what.padEnd(15)} ${where}`),
    '',
    ...(seeds.length
      ? [
          'works',
          ...seeds.map(({ kind, title, workId }) => `  ${kind.padEnd(8)} ${title.padEnd(34)} ${workId}`),
          '',
        ]
      : []),
    `people (mnemonic "${DEVNET_MNEMONIC}", worthless test money)`,
    ...roles,
    '',
    'Try:',
    `  open ${edge.url}, choose a play wallet, buy and chat`,
    `  curl '${edge.url}/v1/works?q=captain'`,
    '  npm run visit -- holder     buys a chatbot, asks it something, shows what it cost',
    '  npm run visit -- creator    tries, seals, mints and proves a prompt',
    '  npm run visit -- operator   the bond, the node, the earnings',
    '  npm run demo                the whole path, step by step, beside this market',
    `  ${gatewayCommand(edge.url).padEnd(26)}  a base URL and a key, with which an OpenAI client asks what Cleo holds`,
    '',
    'Ctrl-C stops everything and keeps the state; npm start -- --fresh begins anew.',
    '',
  ].join('\n')
}

/** The gateway looks at the usual address by itself. */
const gatewayCommand = (edgeUrl: string): string =>
  `npx grimoire serve${edgeUrl === 'http://127.0.0.1:8787' ? '' : ` --edge ${edgeUrl}`}`

/** A download of gigabytes must not look like a hang. */
function showProgress({ totalSize, downloadedSize }: { totalSize: number; downloadedSize: number }): void {
  const percent = totalSize > 0 ? Math.floor((downloadedSize / totalSize) * 100) : 0
  process.stderr.write(`\r  model: ${percent} % of ${Math.round(totalSize / 1e6)} MB `)
}

async function main(): Promise<void> {
  const {
    fresh = false,
    model,
    folder = FOLDER,
    'port-offset': offset = '0',
  } = readOptions(['fresh', 'model', 'folder', 'port-offset'])
  const ports = shiftedPorts(offset)
  const started = performance.now()
  const say = (text: string) => process.stdout.write(`  ${text}\n`)
  process.stdout.write('Starting the market\n')
  let ending = false
  const end = async () => {
    // Asked twice: a download or a part that hangs is not waited for.
    if (ending) process.exit(130)
    ending = true
    process.stdout.write('\nStopping\n')
    // Also in the middle of a start: what has begun by then has to be ended too.
    await starting.then(
      devnet => devnet.stop(),
      () => {},
    )
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end())
  const starting = startDevnet({
    folder: resolve(folder),
    ports,
    fresh,
    ...{ seeded: true, proven: true },
    say,
    ...(model ? { model } : {}),
    ...(process.stderr.isTTY ? { onProgress: showProgress } : {}),
  })
  const devnet = await starting
  if (ending) return
  process.stdout.write(describe(devnet))
  process.stdout.write(`Ready after ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
}

main().catch(exitWith)
