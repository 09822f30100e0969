/** `npm run deploy` on real chains that have a public chain's id: dry, fresh, again, cut and continued, tampered with, refused. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPublicClient, custom, type Hex, parseEther, toHex } from 'viem'
import { deploy, dryRun, type Request, verify } from './deploy-command.ts'
import { loadAddresses } from './deployments.ts'
import { forecast } from './dry-run.ts'
import { type Anvil, messageOf, people, place, publicTerms, startMain, startPublic } from './fixture.ts'
import { policyAbi } from './generated/policy.ts'
import { NETWORKS } from './networks.ts'
import { planLedger } from './plan.ts'
import { termsText } from './terms.ts'

const { deployer, owner, treasury } = people
const asDeployer = { account: deployer, ownerIsDeployer: false }
const network = NETWORKS['base-sepolia']

const sent = ({ publicClient }: Anvil) => publicClient.getTransactionCount({ address: deployer.address })

describe('a deployment to a public chain', () => {
  let anvil: Anvil
  before(async () => {
    anvil = await startPublic(network)
  })
  after(() => anvil.stop())

  const stands = async ({ address }: { address: Hex }) =>
    (await anvil.publicClient.getCode({ address })) !== undefined

  test('does what its dry run said, verifies, and a second run changes nothing', async () => {
    const { request, said } = place(anvil, publicTerms)
    const nonce = await sent(anvil)
    const forecast = await dryRun(request)
    assert.equal(await sent(anvil), nonce)
    assert.equal(loadAddresses(request.files), null)
    assert.match(
      said.join('\n'),
      /Base Sepolia, chain 84532[\s\S]*Works +0x[\s\S]*gas +[\d,]{9,}[\s\S]*Nothing was sent/,
    )

    const { addresses, created } = await deploy(request, asDeployer)
    assert.equal(created.length, forecast.rows.length)
    for (const [index, { creation, gasUsed }] of created.entries()) {
      const row = forecast.rows[index]
      assert.deepEqual([row?.name, row?.address], [creation.name, creation.address])
      assert.ok(
        Math.abs(Number(row?.gas) / Number(gasUsed) - 1) < 0.02,
        `${row?.name}: ${row?.gas}, ${gasUsed}`,
      )
    }
    assert.deepEqual({ ...addresses, ...planLedger(publicTerms, network.money).addresses }, addresses)
    assert.deepEqual(loadAddresses(request.files), addresses)
    const [first] = created
    assert.equal(BigInt(addresses.deployedAtBlock), first?.blockNumber)

    const before = [
      await sent(anvil),
      readFileSync(request.files.addresses),
      readFileSync(request.files.terms),
    ]
    const again = await deploy(request, asDeployer)
    assert.deepEqual(again, { addresses, created: [] })
    const { termsPath, ...remembering } = request
    await deploy(remembering, asDeployer)
    await verify(remembering)
    const now = [await sent(anvil), readFileSync(request.files.addresses), readFileSync(request.files.terms)]
    assert.deepEqual(now, before)
    assert.match(said.join('\n'), /stood already and is verified; .* is unchanged/)
  })

  test('is forecast within two per cent where the chain simulates no blocks', async () => {
    const terms = { ...publicTerms, metadataBase: 'https://estimate.example' }
    const plan = planLedger({ ...terms, owner: treasury.address, slashedTo: owner.address }, network.money)
    const exact = await forecast(anvil.publicClient, plan, owner.address)
    const { request } = anvil.publicClient
    const without = custom({
      request: (call: { method: string }) =>
        call.method === 'eth_simulateV1'
          ? Promise.reject(new Error('no such method'))
          : request(call as never),
    })
    const older = createPublicClient({ chain: network.chain, transport: without })
    const estimated = await forecast(older, plan, owner.address)
    assert.deepEqual([exact.isExact, estimated.isExact], [true, false])
    for (const [index, { gas, name }] of estimated.rows.entries()) {
      const ratio = Number(gas) / Number(exact.rows[index]?.gas)
      assert.ok(ratio >= 1 && ratio < 1.02, `${name}: ${ratio}`)
    }
  })

  test('costs what docs/deploy.md says', async () => {
    const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'deploy.md'), 'utf8')
    const [, figure = ''] = /^ {2}gas +([\d,]+)$/m.exec(page) ?? []
    const terms = {
      ...publicTerms,
      metadataBase: 'https://page.example',
      protocolFeeBps: 249,
      owner: deployer.address,
    }
    const plan = planLedger({ ...terms, accountCodeHashes: [], minimumBondAtomic: 2n }, network.money)
    const { gas, rows } = await forecast(anvil.publicClient, plan, owner.address)
    const missing = rows.filter(({ stands }) => !stands).length
    assert.equal(missing, rows.length)
    const ratio = Number(figure.replaceAll(',', '')) / Number(gas)
    assert.ok(Math.abs(ratio - 1) < 0.02, `the page says ${figure}, the dry run ${gas}`)
  })

  test('finds, without its files, what stands and since when', async () => {
    const fresh = place(anvil, { ...publicTerms, metadataBase: 'https://lost.example' })
    const { addresses } = await deploy(fresh.request, asDeployer)
    await anvil.testClient.mine({ blocks: 40 })
    rmSync(fresh.request.files.addresses)
    const found = await deploy(fresh.request, asDeployer)
    assert.deepEqual(found, { addresses, created: [] })
  })

  test('is continued after it was killed in the middle, to the same addresses', async () => {
    // An owner of its own, so that all five contracts are new.
    const terms = { ...publicTerms, owner: people.stranger.address }
    const { request, folder, termsPath } = place(anvil, terms)
    const { creations, addresses: planned } = planLedger(terms, network.money)
    const key = join(folder, 'key')
    writeFileSync(key, toHex(deployer.getHdKey().privateKey ?? new Uint8Array()), { mode: 0o600 })
    await anvil.testClient.setAutomine(false)
    const args = ['--network', 'base-sepolia', '--rpc', anvil.url, '--terms', termsPath]
    const { child } = startMain([...args, '--folder', folder, '--key-file', key])
    const isWaiting = async () => (await anvil.testClient.getTxpoolStatus()).pending > 0
    while (!(await isWaiting())) await sleep(20)
    await anvil.testClient.mine({ blocks: 1 })
    const first = await anvil.publicClient.getBlockNumber()
    while (!(await isWaiting())) await sleep(20)
    child.kill('SIGKILL')
    await once(child, 'exit')
    // What was sent before the end is mined after it.
    await anvil.testClient.setAutomine(true)
    await anvil.testClient.mine({ blocks: 1 })
    assert.deepEqual(await Promise.all(creations.map(stands)), [true, true, false, false, false])

    const { addresses, created } = await deploy(request, asDeployer)
    assert.deepEqual(
      created.map(({ creation }) => creation.name),
      ['Works', 'Gate', 'KeyNetwork'],
    )
    assert.deepEqual({ ...addresses, ...planned, deployedAtBlock: Number(first) }, addresses)
  })

  test('is found out when any of its code or facts is tampered with', async () => {
    const { request } = place(anvil, publicTerms)
    const { addresses } = await deploy(request, asDeployer)
    const { publicClient, testClient } = anvil
    const withCode = async (address: Hex, change: (code: string) => string, expected: RegExp) => {
      const code = await publicClient.getCode({ address })
      assert.ok(code)
      const altered = change(code)
      assert.notEqual(altered, code)
      await testClient.setCode({ address, bytecode: altered as Hex })
      assert.match(await messageOf(verify(request)), expected)
      await testClient.setCode({ address, bytecode: code })
    }
    const lastByte = (code: string) => `${code.slice(0, -2)}${code.endsWith('00') ? '01' : '00'}`
    const other = owner.address.slice(2).toLowerCase()
    const theirs = treasury.address.slice(2).toLowerCase()
    await withCode(
      addresses.gate,
      lastByte,
      /^Gate, code at 0x.*: got 1473 bytes of hash 0x.*, expected 1473 bytes of/,
    )
    await withCode(addresses.admissions, lastByte, /^Admissions, code at/)
    await withCode(addresses.works, code => code.replaceAll(theirs, other), /^Works, code at/)
    await withCode(addresses.operators, () => '0x', /^Operators: got no contract at 0x.*, expected one/)
    await withCode(addresses.multicall3, () => '0x00', /^Multicall3 at 0x.*: got no answer/)
    await withCode(addresses.settlement, () => '0x00', /^x402's settlement, id of a channel: got no answer/)
    await withCode(addresses.collector, () => '0x', /^x402's collector: got no contract/)
    await verify(request)

    const at = { address: addresses.policy, index: 0 } as const
    const kept = await publicClient.getStorageAt({ address: at.address, slot: '0x0' })
    await testClient.setStorageAt({ ...at, value: toHex(7, { size: 32 }) })
    const fault = /^Policy, owner: got 0x0+7, expected 0x/
    assert.match(await messageOf(verify(request)), fault)
    await testClient.setStorageAt({ ...at, value: kept ?? '0x' })
    await verify(request)
  })

  test('knows what its owner changed by the rules, once the terms say so', async () => {
    const base = { ...publicTerms, metadataBase: 'https://changed.example', protocolFeeBps: 240 }
    const { request, termsPath } = place(anvil, base)
    const { addresses } = await deploy(request, asDeployer)
    const call = {
      address: addresses.policy,
      abi: policyAbi,
      functionName: 'announceFee',
      args: [200],
    } as const
    await anvil.testClient.setBalance({ address: owner.address, value: parseEther('1') })
    await anvil.walletOf(owner).writeContract(call)
    await verify(request)
    await anvil.testClient.increaseTime({ seconds: 49 * 3600 })
    await anvil.testClient.mine({ blocks: 1 })
    assert.match(
      await messageOf(verify(request)),
      /^Policy, protocolFeeBps: got 200, expected 240\n.*"since"/,
    )
    writeFileSync(termsPath, termsText({ ...base, since: { protocolFeeBps: 200 } }))
    await verify(request)
    const { created } = await deploy(request, asDeployer)
    assert.deepEqual(created, [])
  })

  test('is refused where the terms would make another ledger than the one that the files name', async () => {
    const { request, termsPath } = place(anvil, publicTerms)
    await deploy(request, asDeployer)
    writeFileSync(termsPath, termsText({ ...publicTerms, protocolFeeBps: 251 }))
    for (const run of [dryRun, verify, (same: Request) => deploy(same, asDeployer)]) {
      assert.match(
        await messageOf(run(request)),
        /^policy: the addresses file has 0x.*, this code and these terms give 0x/,
      )
    }
  })

  test('is refused to an owner by accident, and to an account that cannot pay', async () => {
    const { request } = place(anvil, { ...publicTerms, owner: deployer.address })
    const nonce = await sent(anvil)
    assert.match(
      await messageOf(deploy(request, asDeployer)),
      /^owner: got 0x.*the very account that deploys/,
    )
    const poor = place(anvil, { ...publicTerms, minimumBondAtomic: 1n })
    await anvil.testClient.setBalance({ address: treasury.address, value: 1n })
    const asPoor = { account: treasury, ownerIsDeployer: false }
    assert.match(
      await messageOf(deploy(poor.request, asPoor)),
      /: got 0\.0+1 ether, expected at least 0\.\d+ for gas/,
    )
    assert.equal(await sent(anvil), nonce)
    await deploy(request, { account: deployer, ownerIsDeployer: true })
  })

  test('is refused to a chain of another id, by name', async () => {
    const { request } = place(anvil, publicTerms, NETWORKS.base)
    assert.match(
      await messageOf(dryRun(request)),
      /^the chain at http:.*: got the chain id 84532, expected 8453\. /,
    )
  })
})
