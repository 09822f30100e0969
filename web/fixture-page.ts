/** What every page has to be: quiet, usable by anyone, no wider than a phone, and without a question to anybody else. */
import assert from 'node:assert/strict'
import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import type { Deeds, Shop } from './fixture.ts'

/** Everything that a page of this market may ask: its edge, the chain, the key nodes and the machine that answers. */
export function requireOwnHosts({ devnet, url }: Shop, { asked }: Deeds): void {
  const { ports } = devnet
  const known = new Set([
    new URL(url).host,
    ...[ports.chain, ports.node, ...ports.keyNodes].map(port => `127.0.0.1:${port}`),
  ])
  const foreign = asked.filter(one => !/^(data|blob):/.test(one) && !known.has(new URL(one).host))
  assert.deepEqual(foreign, [])
}

/** Nothing broke, and nothing was refused by the page's own policy. */
export function requireQuiet({ broke, printed }: Deeds): void {
  assert.deepEqual(broke, [])
  const policy = printed.filter(line => /Content Security Policy|violates|Refused to/i.test(line))
  assert.deepEqual(policy, [])
}

type Finding = { impact?: string | null; id: string; nodes: { html: string; failureSummary?: string }[] }

/** The script is run by the browser's debugger, which the page's policy does not bind. */
export async function requireAccessible(page: Page, where: string): Promise<void> {
  await page.evaluate(axe.source)
  const findings = await page.evaluate<Finding[]>(
    `axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )
  const grave = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const told = grave.map(({ id, nodes }) => `${where}: ${id}\n${nodes.map(n => n.html).join('\n')}`)
  assert.deepEqual(told, [])
}

/** At 320 pixels nothing is wider than the window. */
export async function requireNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const width = await page.evaluate<number>('document.documentElement.scrollWidth')
  assert.ok(width <= 320, `${where} is ${width} pixels wide at 320`)
}

const PRESSES = 90

/** By the keyboard alone, as far as the page goes. */
export async function tabTo(wanted: Locator): Promise<void> {
  const page = wanted.page()
  const inFocus = wanted.and(page.locator(':focus'))
  for (let presses = 0; presses < PRESSES; presses++) {
    if ((await inFocus.count()) === 1) return
    await page.keyboard.press('Tab')
  }
  assert.fail(`${PRESSES} presses of Tab do not lead to ${wanted}`)
}
