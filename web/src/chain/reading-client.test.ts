/** The page's reader of the chain has every question that `client` asks by it: a missing one would fail in a reader's hands. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { custom } from 'viem'
import { foundry } from 'viem/chains'
import { createReadingClient } from './reading-client.ts'

const ROOT = join(import.meta.dirname, '../../..')

test('whatever the client and the page ask of the chain, the page’s reader can answer', () => {
  const transport = custom({ request: async () => null })
  const reader = createReadingClient({ chain: foundry, transport, pollingInterval: 1_000 })
  const asked = globSync(['client/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: ROOT })
    .filter(file => !/\.test\.ts$|fixture/.test(file))
    .flatMap(file => [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\bpublicClient\.(\w+)/g)])
    .flatMap(([, name = '']) => name)
  assert.ok(asked.length > 50)
  assert.deepEqual(
    [...new Set(asked)].filter(name => !(name in reader)),
    [],
  )
})
