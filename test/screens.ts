/** `npm run screens`: every page of a real, seeded market, phone and desktop, light and dark, into `web/screens/`. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { postOffer } from '@grimoire/client/find-offers'
import { listEdition } from '@grimoire/client/list-edition'
import { makeOffer } from '@grimoire/client/make-offer'
import { people } from '@grimoire/devnet/accounts'
import { cardText, seedNamed } from '@grimoire/devnet/seeds'
import { parseMoney } from '@grimoire/schema/amounts'
import { type Shop, startShop } from '@grimoire/web/fixture'
import type { Page } from 'playwright-core'

const FOLDER = join(import.meta.dirname, '..', 'web', 'screens')

const SIZES = { phone: { width: 375, height: 812 }, desktop: { width: 1280, height: 860 } }
const SCHEMES = ['light', 'dark'] as const

/** What is done on a page before its picture is taken. */
type Scene = {
  name: string
  path: (shop: Shop) => string
  ready: (page: Page) => Promise<unknown>
  /** Who looks at it; Cleo without it. */
  as?: 'olga'
}

const work = (shop: Shop) => `/works/${shop.workIdOf('captain-flint')}`
const chat = (shop: Shop) => `/chat/${shop.workIdOf('captain-flint')}`

async function begin(page: Page, what: string): Promise<void> {
  await page.getByRole('button', { name: what }).click()
  await page.getByText('Kept on this device').waitFor()
}

async function importBaker(page: Page): Promise<void> {
  const buffer = Buffer.from(cardText(seedNamed('mira-the-baker')))
  const file = { name: 'mira.json', mimeType: 'application/json', buffer }
  await page.getByLabel('From a file').setInputFiles(file)
  await page.getByText('Kept on this device').waitFor()
}

const SCENES: Scene[] = [
  { name: 'market', path: () => '/', ready: page => page.getByText('Captain Flint').first().waitFor() },
  {
    name: 'market-nothing',
    path: () => '/?q=dragon',
    ready: page => page.getByText('Nothing matches').waitFor(),
  },
  {
    name: 'work',
    path: work,
    ready: async page => {
      await page.getByText('✓ This page has held').waitFor()
      await page.getByText('made it.').waitFor()
    },
  },
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
    name: 'offer',
    path: work,
    ready: async page => {
      await page.getByRole('button', { name: 'Make an offer' }).first().click()
      await page.getByLabel('Price in dollars').fill('9.50')
      await page.getByText('You pay when it is accepted').waitFor()
    },
  },
  {
    name: 'accept',
    path: work,
    ready: async page => {
      await page.getByRole('button', { name: 'Accept the offer of $9.50' }).click()
      await page.getByText('Who gets it').waitFor()
    },
  },
  {
    name: 'give',
    path: () => '/library',
    ready: async page => {
      await page.getByRole('button', { name: 'Give away Captain Flint' }).click()
      await page.getByLabel('The address of whoever gets it').fill(people.dan.address)
      await page.getByText('This cannot be undone:').waitFor()
    },
  },
  {
    name: 'holder',
    path: () => `/holders/${people.cleo.address}`,
    ready: async page => {
      await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
      await page.getByText('transaction').first().waitFor()
    },
  },
  {
    name: 'library',
    path: () => '/library',
    ready: async page => {
      await page.getByRole('heading', { name: 'Captain Flint' }).waitFor()
      await page.getByText('What ended more than a day ago').waitFor()
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
    ready: page => page.getByText(/Why is there|come to the same/).waitFor(),
  },
  {
    name: 'operate',
    path: () => '/operate',
    ready: async page => {
      await page.getByLabel('Where holders reach the machine').fill('https://node.example')
      await page.getByText('Of works that this market uses the most').waitFor()
    },
  },
  {
    name: 'operate-registered',
    path: () => '/operate',
    as: 'olga',
    ready: async page => {
      await page.getByText('✓ This edge lists it').waitFor()
      await page.getByText('Up, a day').waitFor()
      await page.getByText('Of works that you serve').waitFor()
    },
  },
  {
    name: 'operate-card',
    path: () => '/operate',
    as: 'olga',
    ready: async page => {
      await page.getByRole('button', { name: 'Change the card' }).click()
      await page.getByLabel('For an answer').fill('0.002')
      await page.getByRole('dialog').getByText('Of works that you serve').waitFor()
    },
  },
  { name: 'status', path: () => '/status', ready: page => page.getByText('together open a key').waitFor() },
  {
    name: 'economy',
    path: () => '/economy',
    ready: page => page.getByText('What is slashed goes to').waitFor(),
  },
  { name: 'trust', path: () => '/trust', ready: page => page.getByText(/never more than/).waitFor() },
  {
    name: 'creator',
    path: () => `/creators/${people.ada.address}`,
    ready: page => page.getByText('purchases in all').waitFor(),
  },
  {
    name: 'studio',
    path: () => '/studio',
    ready: async page => {
      await begin(page, 'A new prompt')
      await page.getByRole('link', { name: 'Studio' }).first().click()
      await page.getByRole('button', { name: /^Duplicate/ }).waitFor()
    },
  },
  {
    name: 'studio-write',
    path: () => '/studio',
    ready: async page => {
      await importBaker(page)
      await page.getByRole('button', { name: 'Try it on this machine' }).click()
      await page.getByLabel('Say something to it').fill('What is the price of bread?')
      await page.keyboard.press('Enter')
      await page.getByRole('button', { name: 'Pin as a sample' }).waitFor()
    },
  },
  {
    name: 'studio-prompt',
    path: () => '/studio',
    ready: async page => {
      await begin(page, 'A new prompt')
      await page.getByLabel('subject', { exact: true }).fill('the lighthouse of Mora')
      await page.getByText('about the lighthouse of Mora').waitFor()
      await page.getByRole('button', { name: 'Try it on this machine' }).waitFor()
    },
  },
  {
    name: 'studio-terms',
    path: () => '/studio',
    ready: async page => {
      await importBaker(page)
      await page.getByRole('link', { name: 'Terms' }).click()
      await page.getByText('A sale for').waitFor()
      await page.getByText('bond $').waitFor()
    },
  },
  {
    name: 'studio-publish',
    path: () => '/studio',
    ready: async page => {
      await importBaker(page)
      await page.getByRole('link', { name: 'Publish' }).click()
      await page.getByText('Before it can be minted').waitFor()
    },
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

/** An offer and a listing, so that there is something to accept and to withdraw. */
async function trade({ devnet, workIdOf }: Shop): Promise<void> {
  const { market, walletOf } = devnet
  const workId = workIdOf('captain-flint')
  const priceAtomic = parseMoney('9.5')
  await postOffer(market, await makeOffer(market, { wallet: walletOf(people.dan), workId, priceAtomic }))
  await listEdition(market, { wallet: walletOf(people.cleo), workId, priceAtomic: parseMoney('20') })
}

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
  for (const { name, path, ready, as = 'cleo' } of wanted) {
    const { page } = await shop.visit({ as, colorScheme, viewport: SIZES[size] })
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
  await trade(shop)
  for (const size of ['phone', 'desktop'] as const) {
    for (const scheme of SCHEMES) await shoot(shop, size, scheme)
  }
  process.stdout.write(`${wanted.length * 4} pictures in ${FOLDER}\n`)
} finally {
  await shop.stop()
}
