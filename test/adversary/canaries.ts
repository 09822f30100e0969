/** Two hundred canaries in cards, prompts, adapters, files, drafts and conversations; turns; the last grant's end; then the search. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMarket } from '@grimoire/client/market'
import { openDraft } from '@grimoire/client/run-draft'
import { startService } from '@grimoire/devnet/process'
import { randomAdapter } from '@grimoire/inference-node/engine/random-gguf'
import { NodeWorld, type TestWork } from '@grimoire/inference-node/fixture'
import { knowledgeParts } from '@grimoire/schema/knowledge'
import { canReadMemory, filesUnder, textsIn, textsInFiles, textsInMemory } from './memory.ts'

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'
const MAIN = join(import.meta.dirname, '../../inference-node/main.ts')
const CANARY_CHARACTERS = 18
/** Chatbots with an adapter each, and one prompt. */
const WORKS = 4
/** The one place where texts are known to linger: looked at and told, not promised. */
export const COLLECTED = 'freed memory of the node'

const random = (length: number) =>
  [...randomBytes(length)].map(byte => LETTERS[byte % LETTERS.length]).join('')

/** Texts that occur nowhere else, each remembered with where it was put. */
class Canaries {
  readonly prefix = random(8)
  readonly planted = new Map<string, string>()

  plant(where: string): string {
    const canary = this.prefix + random(CANARY_CHARACTERS - this.prefix.length)
    this.planted.set(canary, where)
    return canary
  }

  several = (where: string, count: number) => Array.from({ length: count }, () => this.plant(where)).join(' ')

  /** By where it was put: how many of them a search found. */
  tally(found: Iterable<string>): Record<string, number> {
    const tally: Record<string, number> = {}
    for (const text of found) {
      const where = this.planted.get(text)
      if (where) tally[where] = (tally[where] ?? 0) + 1
    }
    return tally
  }
}

export const sum = (tally: Record<string, number>): number =>
  Object.values(tally).reduce((total, count) => total + count, 0)

const card = (canaries: Canaries) =>
  JSON.stringify({
    spec: 'chara_card_v3',
    spec_version: '3.0',
    data: {
      name: 'Mira',
      system_prompt: `You are ${canaries.plant('card')}.`,
      description: canaries.plant('card'),
      personality: canaries.plant('card'),
      scenario: canaries.plant('card'),
      mes_example: canaries.plant('card'),
      first_mes: canaries.plant('card'),
      post_history_instructions: canaries.plant('card'),
      character_book: {
        entries: [
          { keys: ['hello'], content: canaries.plant('card'), enabled: true, insertion_order: 1 },
          { keys: ['never said'], content: canaries.plant('card'), enabled: true, insertion_order: 2 },
        ],
      },
    },
  })

const prompt = (canaries: Canaries) =>
  `---\ninput:\n  schema:\n    thing: string\n---\n${canaries.several('prompt', 3)} Write of {{thing}}.\n`

const adapter = (canaries: Canaries, seed: number) =>
  new Uint8Array(randomAdapter({ seed, name: canaries.plant('adapter') }))

const files = (canaries: Canaries) => [
  {
    name: 'hours.md',
    text: `# ${canaries.plant('knowledge')}\n\nHello from ${canaries.plant('knowledge')}.\n`,
  },
  { name: `${canaries.plant('knowledge')}.csv`, text: `thing,coins\nhello,${canaries.plant('knowledge')}\n` },
]

/** A node in a process of its own, which writes a heap snapshot when it is told to. */
async function startNode(world: NodeWorld) {
  const snapshots = join(world.keys.folder, 'snapshots')
  const log = join(world.keys.folder, 'node.log')
  const config = world.configFile('canaries', {
    engine: { gpu: false, threads: 1, sequences: 2 },
    drafts: { turnsPerDay: 1_000, turnsPerDayInAll: 1_000 },
  })
  const options = ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${snapshots}`]
  const node = await startService({
    name: 'node',
    program: 'sh',
    args: [
      ...['-c', 'mkdir -p "$SNAPSHOTS"; exec "$@" 2>"$LOG"', 'sh'],
      ...[process.execPath, ...options, MAIN, '--config', config],
    ],
    env: { SNAPSHOTS: snapshots, LOG: log, NODE_NO_WARNINGS: '1' },
  })
  return { ...node, snapshots, log }
}

type Node = Awaited<ReturnType<typeof startNode>>

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const end = Date.now() + 120_000
  while (Date.now() < end) {
    const found = look()
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${what}: not so after two minutes`)
}

/** The snapshot begins with a collection of everything that nothing holds any more. */
async function snapshotOf({ pid, snapshots }: Node): Promise<Buffer> {
  const before = new Set(readdirSync(snapshots))
  process.kill(pid, 'SIGUSR2')
  const file = await until('a heap snapshot', () => readdirSync(snapshots).find(name => !before.has(name)))
  const path = join(snapshots, file)
  const whole = () => {
    const bytes = readFileSync(path)
    return bytes.subarray(-8).toString('latin1').trimEnd().endsWith(']}') && bytes
  }
  return until('a whole heap snapshot', whole)
}

/** The node's children and theirs: the engine among them, whatever holds it. */
export function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  return children.map(Number).flatMap(child => [child, ...descendants(child)])
}

export type Searched = {
  planted: number
  turns: number
  refused: number
  /** While everything is open: that the search finds what is there. */
  live: { heap: number; engine: number | null }
  /** After the last grant: for each place, what was found of what. */
  after: Record<string, Record<string, number>>
}

export async function searchForCanaries(turns: number): Promise<Searched> {
  const world = await NodeWorld.start()
  const canaries = new Canaries()
  const node = await startNode(world)
  try {
    const { works, grants } = await openWorks(world, node, canaries)
    const talked = await talk(world, node, { works, canaries, turns })
    const { prefix } = canaries
    const engines = descendants(node.pid).filter(canReadMemory)
    const inEngines = engines.flatMap(pid => [...textsInMemory(pid, prefix, CANARY_CHARACTERS)])
    const known = (found: Iterable<string>) => sum(canaries.tally(new Set(found)))
    const live = {
      heap: known(textsIn(await snapshotOf(node), prefix, CANARY_CHARACTERS)),
      engine: engines.length > 0 ? known(inEngines) : null,
    }
    for (const id of grants) await fetch(`${node.url}/v1/grants/${id}`, { method: 'DELETE' })
    await closed(node)
    return { ...talked, live, planted: canaries.planted.size, after: await search(world, node, canaries) }
  } finally {
    await node.stop()
    await world.stop()
  }
}

async function closed({ url }: Node): Promise<void> {
  const end = Date.now() + 60_000
  while (Date.now() < end) {
    const { openWorks } = (await (await fetch(`${url}/health`)).json()) as { openWorks: number } // Safety: our own node's page.
    if (openWorks === 0) return
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('works are still open')
}

async function openWorks(world: NodeWorld, node: Node, canaries: Canaries) {
  const works: TestWork[] = []
  const grants: string[] = []
  for (let index = 0; index < WORKS; index++) {
    const work =
      index < WORKS - 1
        ? await world.publish('chatbot', card(canaries), {
            ...{ adapter: adapter(canaries, index + 1), more: knowledgeParts(files(canaries)) },
          })
        : await world.publish('prompt', prompt(canaries))
    await world.buy('holder', work)
    const given = await world.grant(node.url, 'holder', work)
    grants.push(((await given.json()) as { id: string }).id) // Safety: the answer to a grant.
    works.push(work)
  }
  return { works, grants }
}

async function talk(
  world: NodeWorld,
  node: Node,
  { works, canaries, turns }: { works: TestWork[]; canaries: Canaries; turns: number },
): Promise<{ turns: number; refused: number }> {
  const payer = world.payer('holder')
  let answered = 0
  for (let turn = 0; turn < turns; turn++) {
    const work = works[turn % works.length]
    if (!work) throw new Error('there are works')
    const words = canaries.several('conversation', Math.max(1, Math.ceil(150 / turns)))
    const body =
      turn % works.length < WORKS - 1
        ? { messages: [{ role: 'user', content: `hello ${words}` }] }
        : { messages: [{ role: 'user', content: '' }], grimoire: { input: { thing: words } } }
    const { status, problem } = await payer.ask(node.url, { model: work.model, max_tokens: 4, ...body })
    if (status !== 200) throw new Error(`a turn was refused: ${JSON.stringify(problem)}`)
    answered++
  }
  const refused = await beRefused(world, node, { work: works[0], canaries })
  await tryDrafts(world, node, canaries)
  return { turns: answered, refused }
}

/** Refusals are what gets logged: none of them may quote what it was given. */
async function beRefused(
  world: NodeWorld,
  node: Node,
  { work, canaries }: { work: TestWork | undefined; canaries: Canaries },
): Promise<number> {
  const payer = world.payer('holder')
  const model = work?.model ?? ''
  const long = Array.from({ length: 20 }, () => canaries.plant('refused')).join(' ')
  const bodies = [
    { model, messages: [{ role: 'user', content: long }] },
    { model, messages: [{ role: 'user', content: 'hello' }], grimoire: canaries.plant('refused') },
    { model, messages: [{ role: canaries.plant('refused'), content: 'hello' }] },
    { model, messages: [{ role: 'user', content: 'hello' }], temperature: canaries.plant('refused') },
    { model: canaries.plant('refused'), messages: [{ role: 'user', content: 'hello' }] },
  ]
  let refused = 0
  for (const body of bodies) {
    const { status } = await payer.ask(node.url, body).catch(() => ({ status: 400 }))
    if (status !== 200) refused++
  }
  const broken = `{"messages":"${canaries.plant('refused')}`
  const { status } = await fetch(`${node.url}/v1/chat/completions`, { method: 'POST', body: broken })
  return status === 200 ? refused : refused + 1
}

async function tryDrafts(world: NodeWorld, node: Node, canaries: Canaries): Promise<void> {
  const { addresses, publicClient } = world.keys
  const market = createMarket({ addresses, publicClient, edgeUrl: world.edgeUrl })
  for (const role of ['creator', 'stranger'] as const) {
    const wallet = world.keys.wallet(role)
    const draft = await openDraft(market, {
      ...{ wallet, nodeUrl: node.url, kind: 'chatbot', card: card(canaries) },
      ...{ adapter: adapter(canaries, 77), knowledge: files(canaries) },
    })
    await draft.ask([{ role: 'user', content: canaries.plant('draft') }], { max_tokens: 4 }).result
    await draft.close()
  }
}

async function search(world: NodeWorld, node: Node, canaries: Canaries): Promise<Searched['after']> {
  const { prefix } = canaries
  const { folder } = world.keys
  const inFiles = (paths: string[]) => canaries.tally(textsInFiles(paths, prefix, CANARY_CHARACTERS))
  const inMemory = (pids: number[]) =>
    canaries.tally(new Set(pids.flatMap(pid => [...textsInMemory(pid, prefix, CANARY_CHARACTERS)])))
  const snapshot = await snapshotOf(node)
  const engines = descendants(node.pid).filter(canReadMemory)
  const shared = [node.pid, ...engines].flatMap(pid =>
    filesUnder(join('/proc', String(pid), 'root', 'dev', 'shm')),
  )
  return {
    'data folder': inFiles(filesUnder(join(folder, 'canaries'))),
    log: inFiles([node.log]),
    'model folder': inFiles([world.modelPath, ...filesUnder(join(folder, 'canaries', 'models'))]),
    'shared memory': inFiles(shared),
    'heap of the node': canaries.tally(textsIn(snapshot, prefix, CANARY_CHARACTERS)),
    'memory of the engine': inMemory(engines),
    // Collected, and still in pages that nobody has written to since: JavaScript cannot wipe a text.
    [COLLECTED]: canReadMemory(node.pid) ? inMemory([node.pid]) : {},
  }
}
