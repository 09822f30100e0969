/** The docs page of the edge: readable on a phone and by a screen reader, searched from the keyboard, and deaf to hostile words. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Description } from '@grimoire/worker/description'
import { docsPage } from '@grimoire/worker/docs/page'
import { LEDGER_NOWHERE, startEdge } from '@grimoire/worker/local'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from './fixture-browser.ts'
import { hostileTexts } from './fixture-hostile.ts'
import { requireAccessible, requireNoSidewaysScroll } from './fixture-page.ts'

const folder = mkdtempSync(join(tmpdir(), 'grimoire-docs-'))
let edge: Awaited<ReturnType<typeof startEdge>>
let browser: Browser
before(async () => {
  const options = {
    stateFolder: folder,
    addresses: LEDGER_NOWHERE,
    rpcUrl: 'http://127.0.0.1:1',
    indexEveryMs: 0,
  }
  ;[edge, browser] = await Promise.all([startEdge(options), launchBrowser()])
})
after(async () => {
  await browser?.close()
  await edge?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A page on which anything that runs, breaks or is stopped by the policy is noted. */
async function open(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; said: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  page.on('pageerror', error => said.push(String(error)))
  page.on('dialog', dialog => {
    said.push(`a dialog: ${dialog.message()}`)
    dialog.dismiss().catch(() => undefined) // Gone with its page: it is noted already.
  })
  return { page, said }
}

test('every route stands on it, in light and dark, at 320 pixels without sideways scroll, without a serious finding of axe', async () => {
  const { paths } = (await (await fetch(`${edge.url}/openapi.json`)).json()) as Description // Safety: the edge’s own document.
  const routes = Object.values(paths).flatMap(Object.values).length
  for (const scheme of ['light', 'dark'] as const) {
    const { page, said } = await open(320, scheme)
    await page.goto(`${edge.url}/docs`)
    assert.equal(await page.locator('article').count(), routes)
    await requireNoSidewaysScroll(page, 'docs')
    await requireAccessible(page, `docs in ${scheme}`)
    assert.deepEqual(said, [])
  }
})

test('a route is found from the keyboard by any word on it, and the search is part of the address', async () => {
  const { page, said } = await open(1280, 'light')
  await page.goto(`${edge.url}/docs`)
  await page.keyboard.press('/')
  await page.keyboard.type('opening_invalid')
  assert.equal(await page.locator('article:visible').count(), 1)
  assert.equal(await page.locator('nav li:visible').count(), 1)
  assert.equal(await page.locator('h2:visible').count(), 1)
  assert.equal(await page.locator('#found').textContent(), '1 route')
  await page.reload()
  assert.equal(await page.locator('article:visible').count(), 1)
  await page.locator('article:visible summary').last().click()
  await page.locator('article:visible').getByText('curl -X POST').waitFor()
  assert.deepEqual(said, [])
})

/** The description with the same words in the place of every text. */
function spoken(value: unknown, words: string, key = ''): unknown {
  if (typeof value === 'string')
    return ['type', 'in', '$ref', 'operationId', 'pattern'].includes(key) ? value : words
  if (Array.isArray(value)) return key === 'required' ? value : value.map(one => spoken(one, words, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, spoken(inner, words, name)]))
}

test('five hundred hostile texts in every text of the description, and in the search: none runs, none loads, none meets the policy', async () => {
  const answer = await fetch(`${edge.url}/docs`)
  const headers = {
    'content-type': 'text/html',
    'content-security-policy': answer.headers.get('content-security-policy') ?? '',
  }
  const { paths, ...rest } = (await (await fetch(`${edge.url}/openapi.json`)).json()) as Description // Safety: the edge’s own document.
  const one = Object.fromEntries(Object.entries(paths).filter(([path]) => path === '/v1/listings'))
  const { page, said } = await open(320, 'light')
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  const all = hostileTexts()
  assert.ok(all.length >= 500)
  for (let at = 0; at < all.length; at += 100) {
    const words = all.slice(at, at + 100).join(' ')
    const body = String(await docsPage(spoken({ ...rest, paths: one }, words) as Description)) // Safety: the same shape, other words.
    await page.unrouteAll()
    await page.route('**/docs*', route => route.fulfill({ status: 200, headers, body }))
    await page.goto(`${edge.url}/docs?q=${encodeURIComponent(words.slice(0, 6_000).toWellFormed())}`)
    await page.locator('#search').fill(words)
    assert.equal(
      await page
        .locator('img, iframe, object, embed, script:not([src]), [onerror], [onload], form[action]')
        .count(),
      0,
    )
    assert.equal(await page.evaluate('window.ran'), undefined)
  }
  assert.deepEqual(said, [])
  assert.deepEqual(
    asked.filter(url => new URL(url).origin !== edge.url && !url.startsWith('data:')),
    [],
  )
})
