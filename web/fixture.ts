/** What a test of the page begins with: a seeded market of real parts, a fresh page on it, and what that page did. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { buyWork } from '@grimoire/client/buy-work'
import { people } from '@grimoire/devnet/accounts'
import { type Devnet, startDevnet } from '@grimoire/devnet/market'
import { freePorts } from '@grimoire/devnet/ports'
import { parseMoney } from '@grimoire/schema/amounts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { buildPage } from './build.ts'
import { launchBrowser } from './fixture-browser.ts'

const PATIENCE_MS = 20_000

/** Roles of the play wallet, as the page keeps them. */
const ROLES = {
  cleo: { id: 'reader', name: 'Cleo, a reader', address: '0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65' },
  ada: { id: 'maker', name: 'Ada, a maker', address: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC' },
  olga: { id: 'operator', name: 'Olga, an operator', address: '0x976EA74026E726554dB657fA54763abd0C3a0aa9' },
  dan: { id: 'second', name: 'Dan, another reader', address: '0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc' },
} as const

/** What a page asked for, printed and broke at, in the order in which it did. */
export type Deeds = { asked: string[]; printed: string[]; broke: string[] }

export type Visit = { page: Page; deeds: Deeds }

export type Shop = {
  devnet: Devnet
  browser: Browser
  url: string
  visit: (options?: BrowserContextOptions & { as?: keyof typeof ROLES }) => Promise<Visit>
  workIdOf: (slug: string) => string
  /** Buys an edition of a seeded work for one of them, without the page. */
  give: (to: keyof typeof ROLES, slug: string) => Promise<void>
  stop: () => Promise<void>
}

function watch(page: Page): Deeds {
  const deeds: Deeds = { asked: [], printed: [], broke: [] }
  page.on('request', request => deeds.asked.push(request.url()))
  page.on('console', message => deeds.printed.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', error => deeds.broke.push(String(error)))
  return deeds
}

export async function startShop(edgeSettings: Record<string, string> = {}): Promise<Shop> {
  await buildPage()
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-web-'))
  const [devnet, browser] = await Promise.all([
    startDevnet({ folder, ports: await freePorts(), seeded: true, edgeSettings }),
    launchBrowser(),
  ])
  const url = devnet.edge.url
  const workIdOf = (slug: string): string => {
    const found = devnet.seeds.find(seed => seed.slug === slug)
    if (!found) throw new RangeError(`there is no seed ${slug}`)
    return found.workId
  }
  return {
    devnet,
    browser,
    url,
    async visit({ as, ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options })
      context.setDefaultTimeout(PATIENCE_MS)
      const page = await context.newPage()
      if (as) {
        const session = JSON.stringify({ kind: 'play', ...ROLES[as] })
        await page.addInitScript(`localStorage.setItem('grimoire.session', ${JSON.stringify(session)})`)
      }
      return { page, deeds: watch(page) }
    },
    workIdOf,
    async give(to, slug) {
      const workId = workIdOf(slug)
      const wallet = devnet.walletOf(people[to])
      await buyWork(devnet.market, { wallet, workId, maxCostAtomic: parseMoney('100') })
    },
    async stop() {
      await browser.close()
      await devnet.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** One for a whole file of tests, which is taken down after the last of them. */
export async function openShop(edgeSettings?: Record<string, string>): Promise<Shop> {
  const shop = await startShop(edgeSettings)
  after(() => shop.stop())
  return shop
}
