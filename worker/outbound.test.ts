/** Addresses that strangers wrote reach nothing that is not public: by their form, and again when the socket connects. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createListener, type Server } from 'node:net'
import { after, before, test } from 'node:test'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare'
import { egressOf } from './local.ts'
import { isPublicAddress } from './outbound/address.ts'
import { hostileForms } from './outbound/forms.ts'

/** What the Worker does with an address, and the same without the judge: one request each. */
const ENTRY = `
import { callOutside } from './outbound.ts'
const tell = ({ code, message }) => ({ code, message })
const ask = {
  judged: async (env, address, { devnet, dnsUrl, maxBytes = 1000, timeoutMs = 2000 }) => {
    const egress = devnet ? env.DEVNET : env.PUBLIC
    const { status, bytes } = await callOutside({ devnet, egress, dnsUrl }, address, { timeoutMs, maxBytes })
    return { status, text: new TextDecoder().decode(bytes) }
  },
  connected: async (env, address) => env.PUBLIC.fetch(address, { signal: AbortSignal.timeout(2000) }).then(r => r.text()),
  unguarded: async (_, address) => fetch(address, { signal: AbortSignal.timeout(2000) }).then(r => r.text()),
}
export default {
  async fetch(request, env) {
    const { way, addresses, options } = await request.json()
    return Response.json(await Promise.all(addresses.map(address => ask[way](env, address, options).catch(tell))))
  },
}`

type Told = { code?: string; message?: string; status?: number; text?: string } | string
let worker: Miniflare
/** Counts connections, and speaks to none. */
let listener: Server
let connections = 0

const portOf = (server: Server) => (server.address() as AddressInfo).port // Safety: it listens on a port.

async function listening<T extends Server>(server: T, host = '127.0.0.1'): Promise<T> {
  await once(server.listen(0, host), 'listening')
  return server
}

before(async () => {
  listener = createListener(socket => {
    connections += 1
    socket.on('error', () => {}) // Its peer may be gone already.
    socket.destroy()
  })
  await listening(listener, '::')
  const result = await build({
    stdin: { contents: ENTRY, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2024',
  })
  const chain = (chainId: number) => egressOf({ addresses: { chainId } })
  worker = new Miniflare(
    convertV4MiniflareOptions({
      name: 'outbound',
      modules: true,
      script: result.outputFiles[0]?.text ?? '',
      compatibilityDate: '2026-08-01',
      serviceBindings: { PUBLIC: chain(8453), DEVNET: chain(31_337) },
      cf: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.NONE),
      // It writes a line for each connection that it does not allow, as it should.
      handleStructuredLogs: () => {},
    }),
  )
  await worker.ready
})

after(async () => {
  await worker.dispose()
  listener.close()
})

async function through(way: string, addresses: string[], options: object = {}): Promise<Told[]> {
  const body = JSON.stringify({ way, addresses, options: { devnet: false, ...options } })
  const response = await worker.dispatchFetch('http://outbound/', { method: 'POST', body })
  return (await response.json()) as Told[] // Safety: the entry above answers with these.
}

const codeOf = (told: Told | undefined) => (typeof told === 'object' ? (told.code ?? 'answered') : 'answered')

/** Of these, an unguarded request in workerd really arrives: the corpus would notice a guard that is gone. */
const ALIVE = [
  ...[
    '127.0.0.1',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '127.255.1.9',
    '[::1]',
    'localhost',
    '0',
  ],
  ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::]'],
]

test('400 and more hostile forms are refused by the edge and reach nothing', async () => {
  const forms = hostileForms(portOf(listener))
  assert.ok(forms.length >= 400, `${forms.length}`)
  const told = await through('judged', forms)
  const passed = forms.filter((_, index) => codeOf(told[index]) !== 'endpoint_refused')
  assert.deepEqual(passed, [])
  assert.equal(connections, 0)
})

test('the devnet calls its own machine, and of the other forms none', async () => {
  const port = portOf(listener)
  const own = /^https?:\/\/(127\.0\.0\.1|\[::1\]|localhost)$/
  const forms = hostileForms(port).filter(form => {
    if (!URL.canParse(form)) return true
    const { protocol, hostname } = new URL(form)
    return !own.test(`${protocol}//${hostname}`)
  })
  const told = await through('judged', forms, { devnet: true })
  const passed = forms.filter((_, index) => codeOf(told[index]) !== 'endpoint_refused')
  assert.deepEqual(passed, [])
  assert.equal(connections, 0)
})

test('a name that leads to this machine is refused where the socket connects, whatever its form', async () => {
  const addresses = ALIVE.map(host => `http://${host}:${portOf(listener)}/`)
  const told = await through('connected', addresses)
  assert.equal(connections, 0)
  assert.ok(told.every(one => typeof one === 'object'))
  await through('unguarded', addresses)
  assert.ok(connections >= ALIVE.length, `${connections} of ${ALIVE.length} arrive without the guard`)
  connections = 0
})

test('a redirect is not followed, wherever it leads', async () => {
  let status = 301
  const location = `http://127.0.0.1:${portOf(listener)}/`
  const server = await listening(
    createServer((_, response) => response.writeHead(status, { location }).end()),
  )
  for (status of [301, 302, 303, 307, 308]) {
    const [told] = await through('judged', [`http://127.0.0.1:${portOf(server)}/`], { devnet: true })
    assert.equal(codeOf(told), 'endpoint_unreachable')
  }
  assert.equal(connections, 0)
  server.close()
})

async function serving(listener: RequestListener) {
  const server = await listening(createServer(listener))
  const url = `http://127.0.0.1:${portOf(server)}/`
  const stop = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url, stop }
}

test('a body without end is cut at the limit, and its sender is hung up on', async () => {
  let hungUp: Promise<unknown> = Promise.resolve()
  const server = await serving((_, response) => {
    hungUp = once(response, 'close')
    const more = () => {
      while (!response.destroyed && response.write('a'.repeat(10_000))) {}
    }
    response.on('drain', more)
    more()
  })
  const [told] = await through('judged', [server.url], { devnet: true, maxBytes: 100_000 })
  assert.equal(codeOf(told), 'endpoint_unreachable')
  await hungUp
  await server.stop()
})

test('a body that drips is cut when the time is over, and its sender is hung up on', async () => {
  let hungUp: Promise<unknown> = Promise.resolve()
  const server = await serving((_, response) => {
    const drip = setInterval(() => response.write('a'), 20)
    hungUp = once(response, 'close').then(() => clearInterval(drip))
  })
  const [told] = await through('judged', [server.url], { devnet: true, timeoutMs: 300 })
  assert.equal(codeOf(told), 'endpoint_unreachable')
  await hungUp
  await server.stop()
})

test('an answer comes back whole', async () => {
  const server = await serving((_, response) => response.writeHead(404).end('nothing here'))
  const [told] = await through('judged', [server.url], { devnet: true })
  assert.deepEqual(told, { status: 404, text: 'nothing here' })
  await server.stop()
})

test('where a resolver is named, a name with one address that is not public is not called', async () => {
  const names: Record<string, string[]> = {
    'rebound.example.org': ['127.0.0.1'],
    'mixed.example.org': ['93.184.216.34', '10.0.0.1'],
    'mapped.example.org': ['::ffff:169.254.169.254'],
    'nowhere.example.org': [],
  }
  const asked: string[] = []
  const resolver = await serving((request, response) => {
    const query = new URL(request.url ?? '', 'http://a').searchParams
    const name = query.get('name') ?? ''
    asked.push(name)
    const type = query.get('type') === 'A' ? 1 : 28
    const found = (names[name] ?? []).filter(data => data.includes(':') === (type === 28))
    response.end(JSON.stringify({ Status: 0, Answer: found.map(data => ({ type, data })) }))
  })
  const told = await through(
    'judged',
    Object.keys(names).map(name => `https://${name}/`),
    { dnsUrl: resolver.url },
  )
  assert.deepEqual(told.map(codeOf), [
    'endpoint_refused',
    'endpoint_refused',
    'endpoint_refused',
    'endpoint_unreachable',
  ])
  assert.equal(asked.length, 2 * Object.keys(names).length)
  await resolver.stop()
})

test('public addresses are told from all others', () => {
  const open = ['1.1.1.1', '93.184.216.34', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001:830::200e']
  const kept = [
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.9.9.9', '169.254.169.254', '172.31.255.255', '192.0.2.1'],
    ...['192.168.0.1', '198.19.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255', '1.2.3', '0177.0.0.1', ''],
    ...['::', '::1', '::ffff:1.1.1.1', '64:ff9b::101:101', 'fe80::1', 'fc00::1', 'fd00:ec2::254', 'ff02::1'],
    ...[
      '2002:7f00:1::1',
      '2001::1',
      '2001:db8::1',
      '3fff::1',
      'fec0::1',
      '1::1',
      'node.example',
      '256.1.1.1',
    ],
  ]
  assert.deepEqual(
    open.filter(address => !isPublicAddress(address)),
    [],
  )
  assert.deepEqual(kept.filter(isPublicAddress), [])
})
