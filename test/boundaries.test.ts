/** Holds the arrows of the repository: who may import whom, why the missing arrows are missing, one door per heavy package. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { bundleWorker } from '@grimoire/worker/bundle'
import { callsOf, folderOf, importsOf, root, sourceFiles } from './imports.ts'

/** Allowed arrows, from the design. A folder absent from a row may not be imported, whatever npm would resolve. */
const mayImport: Record<string, string[]> = {
  schema: [],
  contracts: [],
  seal: ['schema', 'contracts'],
  client: ['schema', 'contracts', 'seal'],
  worker: ['schema', 'contracts'],
  'key-node': ['schema', 'contracts', 'seal'],
  'inference-node': ['schema', 'contracts', 'seal', 'client'],
  web: ['schema', 'client'],
  devnet: ['schema', 'contracts', 'seal', 'client', 'worker', 'key-node', 'inference-node'],
  test: ['schema', 'contracts', 'seal', 'client', 'worker', 'key-node', 'inference-node', 'web', 'devnet'],
}

/** Arrows that someone will want to draw one day, with the reason why they stay undrawn. */
const reasons: Record<string, string> = {
  'worker -> seal': 'the edge lists ciphertext and must stay unable to open it',
  'worker -> client': 'the client calls the edge, never the reverse',
  'key-node -> client': 'a keeper checks the chain and asks nobody to act',
  'key-node -> inference-node': 'a keeper must not depend on those whom it admits',
  'seal -> client': 'the lock is below the hands that use it',
  'inference-node -> worker': 'a node fetches blobs by hash from any mirror, and trusts no edge',
  'web -> seal': 'the page opens works through the client, so that there is one way to do it',
  'schema -> contracts': 'the nouns stand alone; a test holds them equal to the ledger',
}

/** Heavy packages and the only files that may import them: a change of version is a change of these files. */
const doors: [RegExp, string[], string][] = [
  [
    /^node-llama-cpp$/,
    ['inference-node/'],
    'llama.cpp is reached through the engine folder of the inference-node',
  ],
  [
    /^@lit-protocol\//,
    ['seal/'],
    'Lit is reached through seal, so that another key network can stand behind the port',
  ],
  [/^age-encryption$/, ['seal/'], 'age is the format of seal alone'],
  [
    /^(ethers|siwe|siwe-recap)$/,
    ['seal/', 'key-node/'],
    'the rest of the tree speaks to the chain through viem',
  ],
  [
    /^@x402\//,
    ['client/', 'inference-node/till/', 'inference-node/'],
    'x402 is spoken by the payer and the payee alone',
  ],
  [/^(wrangler|miniflare)$/, ['worker/', 'devnet/'], 'workerd is started in one place'],
]

/** What starts or builds on a developer's machine, beside code that does not. */
const onThisMachine = new Set([
  'worker/local.ts',
  'worker/local-cards.ts',
  'worker/local-database.ts',
  'worker/workerd.ts',
  'worker/bundle.ts',
  'worker/bundle-program.ts',
  'worker/main.ts',
  'worker/rebuild.ts',
  'worker/refetch.ts',
  'worker/repost.ts',
  'worker/compare.ts',
  'worker/lean.ts',
  'worker/ship.ts',
  'worker/publish-api.ts',
  'worker/deployments.ts',
  'worker/migrations.ts',
  'schema/migrate.ts',
  'schema/errors-page.ts',
  'seal/bundling.ts',
  'web/build.ts',
  'web/bundling.ts',
  'web/release.ts',
  'client/grimoire.mjs',
])
/** The gateway's command line: files, a database and a listening socket. What it serves stands in client/gateway, without them. */
const ON_THIS_MACHINE = 'client/cli/'

const isTest = (file: string) => /\.test\.ts$|\/fixture(-[a-z]+)?\.ts$/.test(file)

for (const [folder, allowed] of Object.entries(mayImport)) {
  test(`${folder} imports ${allowed.length ? `only ${allowed.join(', ')}` : 'nothing of ours'}`, () => {
    for (const file of sourceFiles(folder)) {
      for (const wanted of importsOf(file)) {
        const target = folderOf(file, wanted)
        if (target === null || target === folder) continue
        assert.ok(
          !wanted.startsWith('.'),
          `${file} climbs out of its package with ${wanted}: import it by package name`,
        )
        // A test meets the real parts, and contracts are what schema is compared with.
        const allowedHere = isTest(file) ? [...allowed, ...Object.keys(mayImport)] : allowed
        const why = reasons[`${folder} -> ${target}`]
        assert.ok(
          allowedHere.includes(target),
          `${file} imports ${wanted}, but ${folder} may not import ${target}${why ? `: ${why}` : ''}`,
        )
      }
    }
  })
}

test('the inference-node takes only the operator verbs of client', () => {
  for (const file of sourceFiles('inference-node')) {
    if (isTest(file)) continue
    for (const wanted of importsOf(file).filter(name => name.startsWith('@grimoire/client/'))) {
      assert.match(
        wanted,
        /^@grimoire\/client\/(operator-|wallet$|market$)/,
        `${file} imports ${wanted}: a node serves holders, it does not act as one`,
      )
    }
  }
})

test('each heavy package has one door', () => {
  for (const folder of Object.keys(mayImport)) {
    for (const file of sourceFiles(folder)) {
      if (isTest(file) || folder === 'test') continue
      for (const wanted of importsOf(file)) {
        const door = doors.find(([name]) => name.test(wanted))
        assert.ok(
          !door || door[1].some(path => file.startsWith(path)),
          `${file} imports ${wanted}: ${door?.[2]}`,
        )
      }
    }
  }
})

test('code that a browser or the edge runs uses web standards only', () => {
  for (const folder of ['schema', 'seal', 'client', 'worker', 'web']) {
    for (const file of sourceFiles(folder)) {
      if (isTest(file) || onThisMachine.has(file) || file.startsWith(ON_THIS_MACHINE)) continue
      const node = importsOf(file).find(name => name.startsWith('node:'))
      assert.equal(node, undefined, `${file} imports ${node}`)
    }
  }
})

test('whoever asks a chain follows no address that a contract names', () => {
  // A stranger's contract, asked for a signature, could otherwise send us to any URL (EIP-3668).
  // The devnet is no asker of strangers: its chain is its own.
  let asked = 0
  for (const folder of Object.keys(mayImport)) {
    if (folder === 'devnet' || folder === 'test') continue
    for (const file of sourceFiles(folder)) {
      if (isTest(file)) continue
      for (const options of callsOf(file, ['createPublicClient', 'createClient'])) {
        assert.match(options, /\bccipRead: false\b/, `${file} makes a client without ccipRead: false`)
        asked++
      }
    }
  }
  assert.ok(asked >= 8, `${asked} clients are made: the ways to make one have other names now`)
})

test('the bundle of the worker contains nothing that could open a sealed work', async () => {
  const { inputs } = await bundleWorker()
  assert.ok(
    inputs.some(input => input.includes('hono')),
    'the bundle has the router in it, so the list is the real one',
  )
  const forbidden = inputs.filter(input =>
    /(^|\/)seal\/|@lit-protocol|age-encryption|bls12|node_modules\/(siwe|ethers|tweetnacl)/.test(input),
  )
  assert.deepEqual(forbidden, [])
})

test('every folder says in a README what it is, and no folder is a drawer', () => {
  const drawers = new Set(['utils', 'helpers', 'common', 'misc', 'core', 'lib', 'shared'])
  for (const folder of [...Object.keys(mayImport), 'docs']) {
    assert.ok(existsSync(join(root, folder, 'README.md')), `${folder} has no README.md`)
    for (const file of existsSync(join(root, folder)) ? sourceFiles(folder) : []) {
      for (const name of file.split('/')) assert.ok(!drawers.has(name), `${file} stands in a drawer`)
    }
  }
})

test('every file opens with what it is for and is read in one sitting', () => {
  const lengths: number[] = []
  for (const folder of Object.keys(mayImport)) {
    for (const file of sourceFiles(folder)) {
      const text = readFileSync(join(root, file), 'utf8')
      const lines = text.split('\n').length
      assert.match(
        text,
        /^(#!.*\n)?\s*(\/\*\*|\/\/)/,
        `${file} does not open with a sentence on what it is for`,
      )
      assert.ok(lines <= 500, `${file} has ${lines} lines`)
      lengths.push(lines)
    }
  }
  lengths.sort((a, b) => a - b)
  const at = (share: number) => lengths[Math.floor(lengths.length * share)] ?? 0
  assert.ok(at(0.5) <= 120, `the median file has ${at(0.5)} lines, 120 at most`)
  assert.ok(at(0.95) <= 350, `the 95th percentile has ${at(0.95)} lines, 350 at most`)
})

test('the import table names every folder of the tree', () => {
  const folders = readdirSync(root).filter(
    name =>
      !name.startsWith('.') &&
      !['node_modules', 'docs'].includes(name) &&
      statSync(join(root, name)).isDirectory(),
  )
  assert.deepEqual(folders.sort(), Object.keys(mayImport).sort())
})
