/** `npm run bench -- gas`: what the ledger's operations cost, beside Seaport 1.6 doing the like, measured in one run. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { forgeBinary } from '@grimoire/contracts/foundry'
import { root as contracts } from '@grimoire/contracts/sources'
import { type Row, row } from './row.ts'

type Gas = (name: string) => number

function forge(args: string[], profile: string, cwd = contracts): string {
  const env = { ...process.env, FOUNDRY_PROFILE: profile }
  const { status, stdout } = spawnSync(forgeBinary(), args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`forge ${args.join(' ')} failed:\n${stdout.slice(-2_000)}`)
  return stdout
}

/** What the gas tests say, line by line: "  buy by allowance, new holder: 99794". */
function figures(output: string): Gas {
  const said = new Map<string, number>()
  for (const [, name = '', gas] of output.matchAll(/^ {2}(.+): (\d+)$/gm)) said.set(name, Number(gas))
  return name => {
    const gas = said.get(name)
    if (gas === undefined) throw new Error(`the gas tests do not say what this costs: ${name}`)
    return gas
  }
}

/** Ours is built as it ships; Seaport as its authors do, once: that takes minutes, and forge keeps it in out/seaport. */
function measure(): { ours: Gas; seaport: Gas } {
  forge(['build', 'src'], 'default')
  process.stderr.write('Seaport is compiled if it never was, which takes some minutes.\n')
  forge(['build'], 'default', join(contracts, 'bench', 'seaport'))
  const seaport = figures(forge(['test', '-vv'], 'bench'))
  const ours = figures(forge(['test', '--match-path', 'test/{Gas*,GateCost*}', '-vv'], 'tests'))
  return { ours, seaport }
}

export async function benchLedger(): Promise<Row[]> {
  const { ours, seaport } = measure()
  return [...trades(ours, seaport), ...others(ours)]
}

/** Beside Seaport: existing holder, no parents and words in use, unless the name says otherwise. */
function trades(ours: Gas, seaport: Gas): Row[] {
  const direct = seaport('seaport, existing holder')
  const newHolder = seaport('seaport, new holder')
  const firstBuy = seaport('seaport, approve') + newHolder
  const against = (name: string, anchor: number, atMost?: number) =>
    row(name, 'gas', ours(name), {
      anchor,
      ...(atMost !== undefined && { goal: [`<= ${atMost}`, ratio => ratio <= atMost] }),
    })
  const allowance = 'buy by allowance, existing holder'
  return [
    against(allowance, direct, 0.7),
    against('buy by allowance, new holder', newHolder, 0.74),
    against('buy by exact permit, existing holder', direct, 0.8),
    against('buy by the first permit', direct),
    against('buy by authorization, relayed, new holder', firstBuy, 0.72),
    against('buy by allowance, work with four parents', direct),
    against(
      "buy by allowance, the seller's first sale ever: cold words",
      seaport("seaport, the seller's first sale ever: cold words"),
    ),
    against('buy by allowance, a nonce above 127 in a cold word', direct),
    against('buy a part, the first of three', seaport('seaport, a part, the first of three')),
    against('buy a part, a later one', seaport('seaport, a part, a later one')),
    against('accept an offer by allowance', seaport('seaport, accept an offer')),
    against('accept an offer by authorization', seaport('seaport, accept an offer')),
    row(`${allowance} (anchor: through a conduit)`, 'gas', ours(allowance), {
      anchor: seaport('seaport by conduit, existing holder'),
    }),
    row(`${allowance} (anchor: fulfillBasicOrder)`, 'gas', ours(allowance), {
      anchor: seaport('seaport, existing holder, by fulfillBasicOrder'),
    }),
  ]
}

/** What has no like on Seaport: with a ceiling, or only told. */
function others(ours: Gas): Row[] {
  const below = (name: string, ceiling: number, of = name) =>
    row(name, 'gas', ours(of), { goal: [`<= ${ceiling}`, gas => gas <= ceiling] })
  const told = (name: string) => row(name, 'gas', ours(name))
  return [
    below('mint by allowance, existing holder', 57_000),
    below('mint by allowance, new holder', 74_900),
    told('mint by exact permit, existing holder'),
    told('mint by authorization, relayed, new holder'),
    below('pay-out, each of 100 channels of one work', 25_000),
    below('pay-out, each of 100 channels over ten works', 29_000),
    below('pay-out by signature, each of 100 channels of one work', 25_000),
    below('pay-out by signature, each of 100 channels over ten works', 29_000),
    told('collect, the first: deploys the splitter'),
    below('collect, later', 69_900),
    told('collect, later, work with four parents'),
    below('collect from ten operators, later, each', 27_500),
    told('gather, later'),
    told('withdraw'),
    below('open a copy', 60_000),
    below('canDecrypt: creator', 30_000, 'creator'),
    below('canDecrypt: edition, listed operator', 30_000, 'edition, listed operator'),
    below('canDecrypt: edition, bonded admission', 30_000, 'edition, bonded admission'),
    below('canDecrypt: opened copy', 30_000, 'opened copy'),
    // Ten words read at 2,100 and three contracts called at 2,600, each for the first time: two words more than usual, to see
    // that no operator serves.
    below(
      'canDecrypt: edition, stranded work (floor 28800: 10 words, 3 contracts)',
      30_000,
      'edition, stranded work without a list',
    ),
    told('open a channel by authorization, relayed'),
    told('open a channel by Permit2, relayed'),
    told('create, bare'),
    told('create, one admitted operator'),
    told('create, four parents and one admitted operator'),
    told('gift'),
    told('cancel one'),
    told('cancel all'),
  ]
}
