/** The browser of this folder's tests, benchmarks and screenshots: the one that npm brings, or one of the machine. */
import { existsSync } from 'node:fs'
import packedChromium from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/**
 * A browser in one process dies with its first page. Graphics by a GPU that is computed cost half of what a test of the
 * page costs; without one, Chromium paints by itself.
 */
const NOT_HERE =
  /^--(single-process|in-process-gpu|ignore-gpu-blocklist|use-gl|use-angle|enable-unsafe-swiftshader)\b/

export async function launchBrowser(): Promise<Browser> {
  const args = [...packedChromium.args.filter(arg => !NOT_HERE.test(arg)), '--no-sandbox', '--disable-gpu']
  const places = [
    () => packedChromium.executablePath(),
    async () => process.env.CHROMIUM_PATH ?? '',
    async () => '/usr/bin/chromium',
  ]
  const failures: unknown[] = []
  for (const place of places) {
    try {
      const executablePath = await place()
      if (existsSync(executablePath)) return await chromium.launch({ executablePath, args, headless: true })
    } catch (error) {
      failures.push(error)
    }
  }
  throw new AggregateError(failures, 'No Chromium runs here. Set CHROMIUM_PATH to one that does.')
}
