/** A market with two real nodes, each behind a door that the test can shut or make lie, and a gateway before both. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { devnetChain } from '@grimoire/contracts/devnet-chain'
import OpenAI from 'openai'
import { createWalletClient, http, parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { buyWork } from '../buy-work.ts'
import { openChat } from '../chat.ts'
import { openDatabase } from '../cli/database.ts'
import { enter, unlock } from '../cli/enter.ts'
import { readSettings } from '../cli/options.ts'
import { type RunningGateway, runGateway } from '../cli/running.ts'
import { PRICES, serveHttp, TERMS } from '../fixture.ts'
import { promptParts, type SmallMarket, startMarket, startNode, words } from '../fixture-market.ts'
import { forwarded, isPaid } from '../fixture-relay.ts'
import { publishWork } from '../publish-work.ts'
import { keepLane } from './lanes.ts'

export const ASK = [{ role: 'user' as const, content: 'Tell me of the tower.' }]
const GRIMOIRE = join(import.meta.dirname, '..', 'grimoire.mjs')

/** `loses` hands a voucher on and breaks its answer off; `deaf` hands no voucher on. */
export type DoorMode = 'open' | 'shut' | 'misstates' | 'loses' | 'deaf'

/** Hands on what is asked of a node, as its own address would; `paid` counts the vouchers that came. */
export async function startDoor(nodeUrl: string) {
  const door = { mode: 'open' as DoorMode, paid: 0, url: '', stop: async () => {} }
  const relay = async (request: IncomingMessage, response: ServerResponse) => {
    if (door.mode === 'shut') return request.destroy()
    const paid = isPaid(request)
    if (paid) door.paid += 1
    if (paid && door.mode === 'deaf') return request.destroy()
    const answer = await forwarded(nodeUrl, request)
    const text = await answer.text()
    if (paid && door.mode === 'loses' && answer.ok) return request.socket.destroy()
    const lies = door.mode === 'misstates' && paid && answer.ok
    response.writeHead(answer.status, Object.fromEntries(answer.headers))
    response.end(lies ? text.replace(/"chargedAtomic":"\d+"/, '"chargedAtomic":"1"') : text)
  }
  const server = await serveHttp((request, response) => void relay(request, response))
  return Object.assign(door, server)
}

/** Someone whose key lies in a file, as a gateway reads it. */
export async function keyHolder(world: SmallMarket, name: string) {
  const key = generatePrivateKey()
  const account = privateKeyToAccount(key)
  await world.testClient.setBalance({ address: account.address, value: parseEther('10') })
  await world.fund(account.address, 1_000_000_000n)
  const path = join(world.folder, `${name}.key`)
  writeFileSync(path, key, { mode: 0o600 })
  const wallet = createWalletClient({
    account,
    chain: devnetChain,
    transport: http(world.url),
    pollingInterval: 20,
  })
  return { wallet, path }
}

export type GatewayWorld = Awaited<ReturnType<typeof startGatewayWorld>>

export async function startGatewayWorld() {
  const world = await startMarket()
  const doors: Awaited<ReturnType<typeof startDoor>>[] = []
  const front = async (url: string) => {
    const door = await startDoor(url)
    doors.push(door)
    return door.url
  }
  const plain = await startNode(world, { front })
  const cheapPrices = { ...PRICES, turnFeeAtomic: '20', outputPerMillionBytesAtomic: '100000' }
  const cheap = await startNode(world, {
    name: 'cheap',
    prices: cheapPrices,
    minDepositAtomic: '300000',
    front,
  })
  const [plainDoor, door] = doors
  if (!plainDoor || !door) throw new RangeError('a node was started without its door')
  const creator = await world.person(0n)
  const publish = (title: string) =>
    publishWork(world.market, {
      wallet: creator,
      words: words(plain.base, title),
      terms: { ...TERMS, kind: 'prompt', editionCap: 100 },
      parts: promptParts(),
      admitted: [plain.operator, cheap.operator],
    })
  const { workId } = await publish('The red tower')
  const holder = await keyHolder(world, 'holder')
  await buyWork(world.market, { wallet: holder.wallet, workId, maxCostAtomic: 5_000_000n })
  await world.testClient.mine({ blocks: 1 })
  const passphraseFile = join(world.folder, 'passphrase')
  writeFileSync(passphraseFile, 'correct horse\n', { mode: 0o600 })

  const running = new Set<RunningGateway>()
  /** A gateway over a store of its own, or over one that another has left. */
  const gateway = async (flags: Record<string, unknown> = {}, name = 'gateway'): Promise<RunningGateway> => {
    const folder = join(world.folder, name)
    mkdirSync(folder, { recursive: true })
    const settings = readSettings({
      edge: world.edge.url,
      wallet: holder.path,
      port: 0,
      passphraseFile,
      ...flags,
    })
    const { market, url: rpcUrl } = world
    const entered = { market, rpcUrl, isPlay: false, folder, database: openDatabase(folder) }
    const started = await runGateway(entered, settings)
    running.add(started)
    const stop = async () => {
      if (running.delete(started)) await started.stop()
    }
    return { ...started, stop }
  }
  const stop = async () => {
    await Promise.all([...running].map(one => one.stop()))
    await Promise.all(doors.map(one => one.stop()))
    await Promise.all([plain.node.stop(), cheap.node.stop()])
    await world.stop()
  }
  return { world, plain, plainDoor, cheap, door, workId, holder, passphraseFile, gateway, stop }
}

export const clientOf = ({ url, token }: Pick<RunningGateway, 'url' | 'token'>, apiKey = token): OpenAI =>
  new OpenAI({ baseURL: url, apiKey, maxRetries: 0 })

/** The operator that an answer names, which is an extension of OpenAI's form. */
export const operatorOf = (answer: object): string => {
  const { grimoire } = answer as { grimoire?: { operator: string } } // Safety: asserted below.
  assert.ok(grimoire, 'the answer names no operator')
  return grimoire.operator
}

export const report = async ({ url, token }: RunningGateway) => {
  const answer = await fetch(`${url}/grimoire/spending`, { headers: { authorization: `Bearer ${token}` } })
  return answer.json()
}

export const refusedAs =
  (type: abstract new (...given: never[]) => Error, code: string) => (error: unknown) => {
    assert.ok(error instanceof type, `expected ${type.name}, got ${error}`)
    assert.equal(Reflect.get(error, 'code'), code)
    return true
  }

/** `grimoire` as it is typed, over a store with the channels of two operators. */
export async function startRefunds(home: GatewayWorld) {
  const { world, cheap, plain, workId, holder, passphraseFile } = home
  const flags = {
    edge: world.edge.url,
    wallet: holder.path,
    passphraseFile,
    store: join(world.folder, 'refunds'),
  }
  const entered = await enter(readSettings(flags))
  const store = await unlock(entered, readSettings(flags))
  const limits = { maxDepositAtomic: 400_000n, maxTurnAtomic: 50_000n }
  for (const { operator } of [cheap, plain]) {
    const chat = await openChat(world.market, { ...limits, store, workId, operator, wallet: holder.wallet })
    await chat.askOnce(ASK, { max_tokens: 4 })
    const { channelId, channelConfig: config, nodeUrl } = chat
    await keepLane(store, { workId, version: 1, operator, nodeUrl, lane: 0, channelId, config })
  }
  entered.database.close()
  const settings = ['edge', 'wallet', 'passphraseFile', 'store'] as const
  const typed = settings.flatMap(name => [
    `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`,
    flags[name],
  ])
  return (...more: string[]) =>
    new Promise<{ code: number; lines: string[] }>(resolve => {
      execFile(process.execPath, [GRIMOIRE, 'refund', ...typed, ...more], (error, stdout) =>
        resolve({ code: Number(error?.code ?? 0), lines: stdout.trim().split('\n') }),
      )
    })
}
