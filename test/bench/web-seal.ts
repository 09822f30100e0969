/** What sealing a large adapter does to the page that it is sealed in: the longest task of its one thread, from the file's choice to its last byte sent. */
import { randomFillSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { people } from '@grimoire/devnet/accounts'
import type { Shop } from '@grimoire/web/fixture'
import { giveWallet } from '@grimoire/web/fixture-wallet'
import type { Page } from 'playwright-core'
import { type Tasks, tasksDuring } from './page-tasks.ts'
import { type Row, row } from './row.ts'

const MEBIBYTE = 1024 * 1024
/** So long nobody touches the page: a machine with other work is late with a page at rest, too. */
const REST_MS = 10_000
const SEALING_MS = 300_000

const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer)
const u64 = (value: number) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer)
const text = (value: string) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)])
const named = (key: string, value: string) => Buffer.concat([text(key), u32(8), text(value)])
/** A table of 32-bit floats, from this byte of the data on. */
const tensor = (name: string, [rows, columns]: [number, number], offset: number) =>
  Buffer.concat([text(name), u32(2), u64(rows), u64(columns), u32(0), u64(offset)])

/** A LoRA of 64 MiB as GGUF version 3: one pair of tables of 32 MiB, and noise in them, which nothing makes smaller. */
function adapterFile(): Buffer {
  const half = 32 * MEBIBYTE
  const head = Buffer.concat([
    ...[Buffer.from('GGUF'), u32(3), u64(2), u64(4)],
    named('general.architecture', 'llama'),
    named('general.name', 'sixty-four'),
    named('general.type', 'adapter'),
    named('adapter.type', 'lora'),
    tensor('blk.0.ffn_down.weight.lora_a', [8192, 1024], 0),
    tensor('blk.0.ffn_down.weight.lora_b', [1024, 8192], half),
  ])
  const data = randomFillSync(Buffer.alloc(2 * half))
  return Buffer.concat([head, Buffer.alloc(-head.length & 31), data])
}

/** The tasks of what the page does meanwhile. */
async function during(page: Page, act: () => Promise<unknown>): Promise<Tasks> {
  await page.waitForTimeout(500)
  return tasksDuring(page, act)
}

/** With a wallet of the browser's, whose own work is not the page's; and a chatbot that could be minted, but for its adapter. */
async function begin(page: Page, { devnet, url }: Shop): Promise<void> {
  const { chainId } = devnet.addresses
  await giveWallet(page, { rpcUrl: devnet.chain.rpcUrl, account: people.ada.address, chainId })
  await page.goto(`${url}/studio`)
  await page.getByRole('button', { name: 'Choose a wallet' }).first().click()
  await page.getByRole('button', { name: /Test Purse/ }).click()
  await page.getByRole('button', { name: /^Wallet/ }).waitFor()
  await page.getByRole('button', { name: 'A new chatbot' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Sixty-four')
  await page.getByLabel('System prompt').fill('You are heavy.')
  await page.getByRole('link', { name: 'Terms' }).click()
  await page.getByLabel('Summary').fill('Weighs sixty-four mebibytes.')
  await page
    .getByLabel(/grimoire-demo|weights/i)
    .first()
    .check()
  await page.getByRole('group', { name: 'Machines that may read it' }).getByRole('checkbox').check()
  await page.getByRole('link', { name: 'Write and try' }).click()
}

export async function benchSeal(shop: Shop): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'grimoire-adapter-'))
  const { page } = await shop.visit()
  try {
    const file = join(folder, 'sixty-four.gguf')
    writeFileSync(file, adapterFile())
    await begin(page, shop)
    const rest = await during(page, () => page.waitForTimeout(REST_MS))
    const chosen = await during(page, async () => {
      await page.getByLabel('Choose an adapter').setInputFiles(file)
      await page.getByText('sixty-four.gguf', { exact: true }).waitFor({ timeout: SEALING_MS })
    })
    await page.getByRole('link', { name: 'Publish' }).click()
    const seal = page.getByRole('button', { name: 'Seal and mint it' })
    await seal.waitFor()
    const sealed = await during(page, async () => {
      await seal.click()
      await page.getByText('Sealed on this device', { exact: true }).waitFor({ timeout: SEALING_MS })
    })
    const sent = await during(page, () =>
      page.getByRole('heading', { name: 'Sixty-four is in the world.' }).waitFor({ timeout: SEALING_MS }),
    )
    return rowsOf({ rest, chosen, sealed, sent })
  } finally {
    await page.context().close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowsOf(seen: Record<'rest' | 'chosen' | 'sealed' | 'sent', Tasks>): Row[] {
  const goal: [string, (ms: number) => boolean] = ['<= 50', ms => ms <= 50]
  const of = (what: string, tasks: Tasks, goals?: { goal: typeof goal }) => [
    row(
      `an adapter of 64 MiB ${what}: the page's own time in its longest task`,
      'ms',
      tasks.mostOwnMs,
      goals,
    ),
    row(
      `an adapter of 64 MiB ${what}: the longest task, the machine's other work included`,
      'ms',
      tasks.longestMs,
      goals,
    ),
    row(`an adapter of 64 MiB ${what}: how long it took`, 's', tasks.seconds),
  ]
  return [
    ...of('not yet chosen, the page at rest', seen.rest),
    ...of('chosen and kept', seen.chosen, { goal }),
    ...of('sealed', seen.sealed, { goal }),
    ...of('sent and minted', seen.sent, { goal }),
  ]
}
