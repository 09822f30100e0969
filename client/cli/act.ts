/** The commands that change something beside a running gateway: grants, bundles, and getting what is left of deposits back. */
import { readFileSync } from 'node:fs'
import { address, sameAddress } from '@grimoire/schema/hex'
import { asProblem, Problem } from '@grimoire/schema/problem'
import { openChannel } from '../channel.ts'
import { beginExit, channelOnChain, finishExit } from '../exit-channel.ts'
import { findOperators } from '../find-operators.ts'
import { importBundle } from '../gateway/bundle.ts'
import type { GatewayContext } from '../gateway/context.ts'
import { giveNewGrant } from '../gateway/grants.ts'
import { type KeptLane, keptLanes, payeeOf } from '../gateway/lanes.ts'
import { openShelf } from '../gateway/shelf.ts'
import { requireReachable } from '../insecure-node.ts'
import { modelOf } from '../market.ts'
import { storedSessionKey } from '../payment-store.ts'
import { readQuote } from '../read-quote.ts'
import { refundChannel } from '../refund-channel.ts'
import { lockStore } from './database.ts'
import { enter, openWallet, unlock } from './enter.ts'
import { readSettings, type Settings } from './options.ts'
import { openBook } from './sqlite-book.ts'
import { shortened } from './tables.ts'

const DAY_SECONDS = 24 * 3600
const say = (text: string) => void process.stdout.write(`${text}\n`)

async function open(settings: Settings) {
  const entered = await enter(settings)
  const store = await unlock(entered, settings)
  const { dailyCap, maxTurn, maxDeposit, lanes, answerTimeout } = settings
  const context: GatewayContext = {
    ...{ market: entered.market, store, log: () => {} },
    wallet: await openWallet(settings, entered, store),
    book: openBook(entered.database, { capAtomic: dailyCap }),
    limits: {
      maxTurnAtomic: maxTurn,
      maxDepositAtomic: maxDeposit,
      lanes,
      answerTimeoutMs: answerTimeout * 1_000,
    },
  }
  return { entered, context }
}

/** The named operator, or every one that the work admits; a gateway also does this by itself at the first turn. */
export async function grantCommand(name: string, options: Record<string, unknown>): Promise<void> {
  const { days, operator, json, ...flags } = options
  const { context } = await open(readSettings(flags))
  const { work, version } = await openShelf(context).find(name)
  const named = operator === undefined ? undefined : address.parse(operator)
  const parties = named ? [{ operator: named }] : await findOperators(context.market, { workId: work.workId })
  const lasts = days === undefined ? {} : { lastsSeconds: Number(days) * DAY_SECONDS }
  for (const party of parties) {
    const choice = {
      workId: work.workId,
      operator: party.operator,
      ...(version === undefined ? {} : { version }),
    }
    const { quote, nodeUrl } = await readQuote(context.market, choice)
    const { workId } = work
    const grant = await giveNewGrant(context, {
      ...{ workId, version: quote.version, operator: party.operator, nodeUrl },
      ...lasts,
    })
    const until = new Date(grant.expiresAtSeconds * 1000).toISOString()
    say(json ? JSON.stringify(grant) : `${party.operator} may open ${work.title} until ${until}`)
  }
  if (parties.length === 0) throw new Problem('no_operator', { got: work.title })
}

export async function importCommand(path: string, flags: Record<string, unknown>): Promise<void> {
  const settings = readSettings(flags)
  const entered = await enter(settings)
  const unlockStore = lockStore(entered.folder)
  try {
    const store = await unlock(entered, settings)
    let value: unknown
    try {
      value = JSON.parse(readFileSync(path, 'utf8'))
    } catch (cause) {
      throw new Problem('bundle_invalid', { got: path, cause })
    }
    const { grant, holder } = await importBundle(entered.market, store, value)
    say(`Taken in: work ${grant.workId} at ${grant.operator}, for ${holder}.`)
    say(`The file still holds the key of this channel: delete ${path}.`)
  } finally {
    unlockStore()
  }
}

/**
 * The node gives the rest back in one transaction of its own. On the terms that the channel was opened with: an operator
 * that may no longer serve quotes nothing, and still owes the rest.
 */
async function refundLane({ market, wallet, store }: GatewayContext, kept: KeptLane): Promise<string> {
  const { workId, version, nodeUrl, lane, channelId, config } = kept
  requireReachable(nodeUrl)
  const payee = payeeOf(market, wallet.account.address, config.receiver, lane)
  const party = {
    ...{ nodeUrl, model: modelOf(market, workId, version), paymentKey: config.receiverAuthorizer },
    quote: { payTo: config.receiver, withdrawDelaySeconds: config.withdrawDelay },
  }
  const sessionKey = await storedSessionKey(store, payee)
  const channel = openChannel(market, { wallet, store, sessionKey, checked: party, maxDepositAtomic: 0n })
  if (!sameAddress(channel.id, channelId)) {
    throw new Problem('payment_refused', {
      got: 'no key of this channel',
      expected: `the key of ${channelId}`,
    })
  }
  return (await refundChannel(market, { channel, checked: party })).transaction
}

type Way = { leave: boolean; finish: boolean }

/** What was done about one channel, as a sentence. */
async function emptied(context: GatewayContext, kept: KeptLane, { leave, finish }: Way): Promise<string> {
  const { market, wallet } = context
  const { channelId, config } = kept
  if (finish) return `the exit is finished: ${(await finishExit(market, { wallet, config })).hash}`
  const done = await refundLane(context, kept).catch(asProblem)
  if (typeof done === 'string') return `what was not charged is back: ${done}`
  if (!leave) {
    throw new Problem(done.code, {
      ...done.details,
      expected: 'a refund. Leave it through the chain: grimoire refund --leave',
      cause: done,
    })
  }
  const { hash } = await beginExit(market, { wallet, channelId, config })
  const after = `run grimoire refund --finish after ${config.withdrawDelay} seconds`
  return `no refund (${done.code}). The exit is announced: ${hash}\n  ${after}`
}

/**
 * Asks each node for the rest of its deposit; with `--leave`, one that does not give it is left through the chain. A
 * channel that cannot be emptied now keeps no other from it.
 */
export async function refundCommand(options: Record<string, unknown>): Promise<void> {
  const { leave, finish, ...flags } = options
  const settings = readSettings(flags)
  const { entered, context } = await open(settings)
  const unlockStore = lockStore(entered.folder)
  let channels = 0
  try {
    for (const kept of await keptLanes(context.store)) {
      const where = `work ${shortened(kept.workId)} at ${kept.operator}`
      try {
        const { balanceAtomic, claimedAtomic } = await channelOnChain(context.market, kept)
        if (balanceAtomic === claimedAtomic) continue
        channels += 1
        say(`${where}: ${await emptied(context, kept, { leave: leave === true, finish: finish === true })}`)
      } catch (error) {
        channels += 1
        process.exitCode = 1
        say(`${where}: not emptied. ${asProblem(error).message}`)
      }
    }
    if (channels === 0) say('Nothing lies in any channel of this store.')
  } finally {
    unlockStore()
  }
}
