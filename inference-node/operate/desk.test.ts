/** The operator's door on any loopback address: its own address is let in, and a name that points there is not. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { DESK_FILE, openDesk } from './desk.ts'
import { Metrics } from './metrics.ts'

const directory = mkdtempSync(join(tmpdir(), 'grimoire-desk-'))
after(() => rmSync(directory, { recursive: true }))

const statusAt = (url: string, host?: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    get(`${url}/health`, host === undefined ? {} : { headers: { host } }, response => {
      response.resume()
      resolve(response.statusCode)
    }).once('error', reject)
  })

const addresses = Object.values(networkInterfaces()).flatMap(one => one ?? [])
const skip = {
  '127.0.0.2': process.platform !== 'linux' && 'only Linux has all of 127/8',
  '::1': !addresses.some(({ address }) => address === '::1') && 'no IPv6 here',
}

for (const host of ['127.0.0.2', '::1'] as const)
  test(`at ${host} it answers under its own address alone, and says where it is`, {
    skip: skip[host],
  }, async () => {
    // Safety: /health asks neither the chain nor the node.
    const asked = { metrics: new Metrics() } as Parameters<typeof openDesk>[0]
    const desk = await openDesk({ ...asked, host, port: 0, directory })
    try {
      const { url } = JSON.parse(readFileSync(join(directory, DESK_FILE), 'utf8'))
      assert.equal(url, desk.url)
      assert.deepEqual([await statusAt(url), await statusAt(url, '127.evil.test')], [200, 404])
    } finally {
      await desk.close()
    }
  })
