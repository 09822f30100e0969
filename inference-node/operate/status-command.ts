/** `status`, `claim`: what the running node says, and its vouchers made money at once. */
import { Problem } from '@grimoire/schema/problem'
import { claimWithoutNode } from '../server.ts'
import type { Claimed } from '../till/claims.ts'
import { readSettings, unlock } from './config-file.ts'
import { askDesk } from './desk-client.ts'
import { answer, bytes, dollars, note, type Row, say, sayJson, span, table, times } from './say.ts'
import type { NodeStatus } from './status.ts'

type Options = { config: string; json: boolean }

const WATCH_MS = 2_000
const ETHER_WEI = 1e18

export async function statusOf(directory: string): Promise<NodeStatus> {
  // Safety: our own desk answers with this; the token says that it is ours.
  const status = (await askDesk(directory, '/status')) as NodeStatus | null
  if (status) return status
  throw new Problem('node_unreachable', {
    got: `no node that runs from ${directory}`,
    expected: 'one: grimoire-node run',
  })
}

const readyText = ({ ready, checks }: NodeStatus['ready']): string =>
  ready
    ? 'yes'
    : `no: ${checks
        .filter(({ ok }) => !ok)
        .map(({ name, reason }) => `${name} (${reason})`)
        .join('; ')}`

function rows({ url, upSeconds, ready, engine, base, memoryBytes, turns, works, money }: NodeStatus): Row[] {
  const risk = [
    `${dollars(money.atRiskAtomic)} lies in the state folder alone`,
    ...(money.leavingAtomic === '0' ? [] : [`${dollars(money.leavingAtomic)} of payers who leave`]),
    ...(money.uncoveredAtomic === '0' ? [] : [`${dollars(money.uncoveredAtomic)} lost: above the deposits`]),
  ]
  return [
    ['node', `${url}, up ${span(upSeconds)}`],
    ['ready', readyText(ready)],
    [
      'engine',
      `${engine.build} on ${engine.gpu || 'the processor'}, ${engine.contextTokens} tokens of context`,
    ],
    ['base', `${base.name}, sha256 ${base.sha256}`],
    [
      'turns',
      `${turns.running} running, ${turns.waiting} waiting, ${turns.answered} answered since the start`,
    ],
    ['tokens/s', `${turns.tokensPerSecond} over the last minute`],
    ['works', `${works.open} open, ${works.grants} granted`],
    [
      'memory',
      `${bytes(memoryBytes)} here${engine.memoryBytes === null ? '' : `, ${bytes(engine.memoryBytes)} in the engine`}`,
    ],
    ['earned', `${dollars(money.earnedAtomic)} charged in all, creators’ shares included`],
    ['unclaimed', dollars(money.unclaimedAtomic)],
    ['at risk', risk.join('; ')],
    [
      'yours',
      money.owedAtomic === null ? 'not known' : `${dollars(money.owedAtomic)} to withdraw on the ledger`,
    ],
    [
      'gas',
      money.gasWei === null
        ? 'not known'
        : `${(Number(money.gasWei) / ETHER_WEI).toFixed(6)} of the chain’s coin`,
    ],
  ]
}

/** Until Ctrl-C, in place on a terminal. */
async function watch(directory: string, json: boolean): Promise<never> {
  for (;;) {
    const status = await statusOf(directory)
    if (json) sayJson(status)
    else say(`${process.stdout.isTTY ? '\u001b[H\u001b[2J' : ''}${table(rows(status))}`)
    await new Promise(resolve => setTimeout(resolve, WATCH_MS))
  }
}

export async function status({ config, json, watch: live }: Options & { watch?: boolean }): Promise<void> {
  const { directory } = readSettings(config)
  if (live) await watch(directory, json)
  const now = await statusOf(directory)
  answer(json, now, () => table(rows(now)))
}

/** A claim waits for its blocks. */
const CLAIM_TIMEOUT_MS = 300_000

export async function claim({ config, json }: Options): Promise<void> {
  const settings = readSettings(config)
  const asked = { method: 'POST', timeoutMs: CLAIM_TIMEOUT_MS }
  // Safety: our own desk answers with this.
  const running = (await askDesk(settings.directory, '/claim', asked)) as Claimed | null
  if (!running && !json) note('no node runs from this folder: claiming without it')
  const done = running ?? (await claimWithoutNode(await unlock(settings)))
  const { vouchers, settled, collected, transactions } = done
  answer(json, done, () =>
    transactions.length === 0
      ? 'nothing to claim'
      : [
          `${times(vouchers, 'voucher')} claimed, ${times(settled, 'splitter')} paid, ${times(collected, 'work')} divided`,
          ...transactions.map(hash => `  ${hash}`),
        ].join('\n'),
  )
}
