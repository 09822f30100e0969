/** `npm run screens`: every page of a real, seeded market, phone and desktop, light and dark, into `web/screens/`. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { people } from '@grimoire/devnet/accounts'
import { type Shop, startShop } from '@grimoire/web/fixture'
import type { Page } from 'playwright-core'

const FOLDER = join(import.meta.dirname, '..', 'web', 'screens')

const SIZES = { phone: { width: 375, height: 812 }, desktop: { width: 1280, height: 860 } }
const SCHEMES = ['light', 'dark'] as const

/** What is done on a page before its picture is taken. */
type Scene = { name: string; path: (shop: Shop) => string; ready: (page: Page) => Promise<unknown> }

const work = (shop: Shop) => `/works/${shop.workIdOf('captain-flint')}`
const chat = (shop: Shop) => `/chat/${shop.workIdOf('captain-flint')}`

const SCENES: Scene[] = [
  { name: 'market', path: () => '/', ready: page => page.getByText('Captain Flint').first().waitFor() },
  {
    name: 'market-nothing',
    path: () => '/?q=dragon',
    ready: page => page.getByText('Nothing matches').waitFor(),
  },
  { name: 'work', path: work, ready: page => page.getByText('✓ This page has held').waitFor() },
  {
    name: 'wallets',
    path: work,
    ready: async page => {
      await page.getByRole('button', { name: /^Wallet|^Choose/ }).click()
      await page.getByText('In this browser').waitFor()
    },
  },
  {
    name: 'buy',
    path: work,
    ready: async page => {
      await page.getByRole('button', { name: 'Buy an edition' }).click()
      await page.getByText('You have, afterwards').waitFor()
    },
  },
  {
    name: 'library',
    path: () => '/library',
    ready: async page => {
      await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
      await page.getByText(/You offer nothing|until/).waitFor()
    },
  },
  {
    name: 'sell',
    path: () => '/library',
    ready: async page => {
      await page.getByRole('button', { name: 'Sell Captain Flint' }).click()
      await page.getByLabel('Price in dollars').fill('20')
      await page.getByText('When it is sold').waitFor()
    },
  },
  {
    name: 'earnings',
    path: () => '/earnings',
    ready: page => page.getByText(/Why is there|By work/).waitFor(),
  },
  { name: 'status', path: () => '/status', ready: page => page.getByText('together open a key').waitFor() },
  { name: 'trust', path: () => '/trust', ready: page => page.getByText(/never more than/).waitFor() },
  {
    name: 'creator',
    path: () => `/creators/${people.ada.address}`,
    ready: page => page.getByText('purchases in all').waitFor(),
  },
  {
    name: 'chat',
    path: chat,
    ready: async page => {
      for (const question of ['What is your name?', 'What is the harbor fee?']) {
        await page.getByLabel('Write to Captain Flint').fill(question)
        await page.keyboard.press('Enter')
        await page.getByRole('button', { name: 'Answer again' }).waitFor()
      }
      await page.getByText('receipt', { exact: true }).last().click()
      await page.getByRole('button', { name: 'Verify it here' }).click()
      await page.getByText('✓ Right.').waitFor()
    },
  },
]

/** All of them, or those that are named. */
const names = process.argv.slice(2)
const wanted = SCENES.filter(({ name }) => names.length === 0 || names.includes(name))
if (wanted.length === 0) {
  process.stderr.write(
    `There is no picture "${names.join(' ')}".\nUse some of: ${SCENES.map(({ name }) => name).join(', ')}.\n`,
  )
  process.exit(1)
}

async function shoot(shop: Shop, size: keyof typeof SIZES, colorScheme: 'light' | 'dark'): Promise<void> {
  for (const { name, path, ready } of wanted) {
    const { page } = await shop.visit({ as: 'cleo', colorScheme, viewport: SIZES[size] })
    await page.goto(shop.url + path(shop))
    await ready(page)
    await page.evaluate('document.fonts.ready.then(() => true)')
    const dialog = await page.getByRole('dialog').count()
    await page.screenshot({
      path: join(FOLDER, `${name}-${size}-${colorScheme}.png`),
      fullPage: dialog === 0,
    })
    await page.context().close()
  }
}

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
const shop = await startShop()
try {
  await shop.give('cleo', 'captain-flint')
  await shop.give('cleo', 'slogan-smith')
  for (const size of ['phone', 'desktop'] as const) {
    for (const scheme of SCHEMES) await shoot(shop, size, scheme)
  }
  process.stdout.write(`${wanted.length * 4} pictures in ${FOLDER}\n`)
} finally {
  await shop.stop()
}
