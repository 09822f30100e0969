/** Strangers' words on the page: nothing of them runs, nothing loads from another host, nothing turns the text around it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { publishWork } from '@grimoire/client/publish-work'
import { people } from '@grimoire/devnet/accounts'
import { partsOf, seedNamed, seedTerms } from '@grimoire/devnet/seeds'
import type { Page } from 'playwright-core'
import { openShop } from './fixture.ts'
import { hostileTexts } from './fixture-hostile.ts'
import { requireNoSidewaysScroll, requireOwnHosts, requireQuiet } from './fixture-page.ts'

const shop = await openShop()

/** The edge is a stranger too: it answers with a work whose every text is ours. */
async function answerWith(page: Page, text: string): Promise<void> {
  await page.unroute('**/v1/works/*')
  await page.route('**/v1/works/*', async route => {
    const answer = await route.fetch()
    const work = await answer.json()
    for (const field of ['title', 'summary', 'language', 'licence']) work[field] = text
    work.tags = [text]
    work.manifest.base.name = text.slice(0, 120)
    await route.fulfill({ response: answer, json: work }).catch(() => undefined)
  })
}

test('five hundred hostile texts in every field that a stranger writes: none runs, none loads, none breaks the page', async () => {
  const { page, deeds } = await shop.visit({ viewport: { width: 320, height: 640 } })
  page.on('dialog', dialog => assert.fail(`a dialog: ${dialog.message()}`))
  const all = hostileTexts()
  assert.ok(all.length >= 500, `only ${all.length}`)
  const workId = shop.workIdOf('captain-flint')
  // As many at once as an edge may send as one text: whoever is stopped by one of them is stopped by all.
  const PER_PAGE = 100
  for (let at = 0; at < all.length; at += PER_PAGE) {
    await answerWith(page, all.slice(at, at + PER_PAGE).join('\n\n'))
    await page.goto(`${shop.url}/works/${workId}`)
    await page.getByRole('heading', { name: 'What you get' }).waitFor()
    await requireNoSidewaysScroll(page, `texts from ${at}`)
    const found = await page.evaluate<string[]>(
      `[...document.querySelectorAll('main img, main iframe, main script, main object, main form, main style, main link, main base, main [onerror], main [onload], main a[href^="javascript"], main a[href^="data"]')].map(one => one.outerHTML)`,
    )
    assert.deepEqual(found, [])
    // Here, since the next page begins with a window of its own.
    assert.equal(await page.evaluate('window.ran'), undefined)
  }
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('what a creator says of itself is shown as text, and its links lead nowhere', async () => {
  const { page, deeds } = await shop.visit()
  await page.route('**/v1/profiles/*', route =>
    route.fulfill({
      json: {
        ...{ wallet: people.ada.address, name: '\u202e<b>Ada</b>', updatedAtSeconds: 1 },
        ...{
          bio: '<img src=https://evil.example/b> ![p](https://evil.example/c)',
          links: ['javascript:window.ran=1'],
        },
      },
    }),
  )
  await page.goto(`${shop.url}/creators/${people.ada.address}`)
  await page.getByRole('heading', { name: 'Works by <b>Ada</b>' }).waitFor()
  await page.getByText('javascript:window.ran=1', { exact: true }).first().waitFor()
  assert.equal(await page.locator('main a[href^="javascript"], main img, main b').count(), 0)
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})

test('a work that was really minted with such a title and summary is listed and shown, as text', async () => {
  const { market, walletOf, base, operator } = shop.devnet
  const seed = seedNamed('slogan-smith')
  const title = '<img src=x onerror=alert(1)>\u202e![p](https://evil.example/)'
  const { workId } = await publishWork(market, {
    wallet: walletOf(people.ada),
    words: {
      title,
      summary: '<script>window.ran=1</script>\n\n![p](https://evil.example/p) [go](javascript:window.ran=1)',
      tags: ['hostile'],
      language: 'en',
      licence: '<b>CC0</b>',
      base,
    },
    terms: seedTerms(seed),
    parts: partsOf(seed),
    admitted: [operator.address],
  })
  const { page, deeds } = await shop.visit()
  page.on('dialog', dialog => assert.fail(`a dialog: ${dialog.message()}`))
  await page.goto(`${shop.url}/?q=hostile`)
  await page.getByText('<img src=x onerror=alert(1)>', { exact: false }).first().waitFor()
  await page.goto(`${shop.url}/works/${workId}`)
  await page.getByText('This page has held price, terms and description').waitFor()
  await page.getByText('picture not loaded').waitFor()
  // The edge put the same words into the head: as text, and without what turns them.
  const told = await page.locator('meta[property="og:title"]').getAttribute('content')
  assert.equal(told, title.replace('\u202e', ''))
  assert.match(
    (await page.locator('meta[property="og:description"]').getAttribute('content')) ?? '',
    /^<script>/,
  )
  assert.equal(await page.getByText('\u202e').count(), 0)
  assert.equal(await page.evaluate('window.ran'), undefined)
  requireOwnHosts(shop, deeds)
  requireQuiet(deeds)
})
