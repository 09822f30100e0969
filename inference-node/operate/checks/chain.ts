/** Checks against the chain: that it is the right one, that clocks agree, and that the operator stands there as configured. */
import { readOperator } from '@grimoire/client/operator-read'
import { sameAddress } from '@grimoire/schema/hex'
import { formatUnits, getAddress } from 'viem'
import { Ledger } from '../../admission/ledger.ts'
import { publicKeys } from '../config-file.ts'
import { askKeyNodes } from '../readiness.ts'
import { dollars } from '../say.ts'
import { type Examine, type Finding, fail, ok, type Patient, skip, warn } from './check.ts'

const MAX_SKEW_SECONDS = 30
const QUIET_CHAIN_SECONDS = 600
/** About what a claim, a settlement and a division take together. */
const CLAIM_GAS = 400_000n
const CLAIMS_AHEAD = 20n

const NO_CHAIN = 'the chain does not answer'

export const chain: Examine = ({ settings, ledger }) =>
  ledger
    ? ok(`${settings.rpcUrl}, chain ${settings.addresses.chainId}`)
    : fail(
        `${settings.rpcUrl} does not answer as chain ${settings.addresses.chainId}`,
        'check rpcUrl and addresses.chainId in the configuration, and that this machine reaches the RPC',
      )

/** A chain whose newest block is ahead of this clock shows that the clock is late; grants and quotes end by this clock. */
export const clock: Examine = async ({ ledger, settings }) => {
  if (!ledger) return skip(NO_CHAIN)
  const response = await fetch(settings.rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }),
    signal: AbortSignal.timeout(10_000),
  })
  await response.body?.cancel()
  const { timestamp } = await ledger.publicClient.getBlock()
  const now = Date.now() / 1000
  const ahead = Number(timestamp) - now
  const said = Date.parse(response.headers.get('date') ?? '') / 1000
  const skew =
    Number.isFinite(said) && Math.abs(said - now) > Math.abs(ahead) ? said - now : Math.max(0, ahead)
  if (Math.abs(skew) > MAX_SKEW_SECONDS)
    return fail(
      `this clock is ${Math.round(Math.abs(skew))} s ${skew > 0 ? 'late' : 'early'}`,
      'let the machine set its clock: timedatectl set-ntp true',
    )
  if (-ahead > QUIET_CHAIN_SECONDS)
    return warn(
      `the newest block is ${Math.round(-ahead / 60)} minutes old`,
      'if it is no quiet test chain, use an RPC that follows the chain',
    )
  return ok(`within ${MAX_SKEW_SECONDS} s of the chain`)
}

export const contracts: Examine = async ({ ledger }) => {
  if (!ledger) return skip(NO_CHAIN)
  const named = Object.entries(ledger.addresses).filter(
    (entry): entry is [string, `0x${string}`] => typeof entry[1] === 'string',
  )
  const codes = await Promise.all(named.map(([, address]) => ledger.publicClient.getCode({ address })))
  const missing = named.filter((_, at) => !codes[at])
  return missing.length === 0
    ? ok(`${named.length} contracts`)
    : fail(
        `no contract at ${missing.map(([name, address]) => `${name} ${address}`).join(', ')}`,
        'take the addresses from the market: GET /v1/network of its edge',
      )
}

export const registration: Examine = async ({ ledger, settings }) => {
  if (!ledger) return skip(NO_CHAIN)
  const record = await readOperator(ledger, { operator: settings.operator })
  if (!record) return fail(`${settings.operator} is not registered`, 'grimoire-node register')
  const keys = await publicKeys(settings)
  const differs = [
    ...(sameAddress(record.paymentKey, keys.paymentKey) ? [] : [`payment key ${record.paymentKey}`]),
    ...(record.sessionKey.toLowerCase() === keys.sessionKey.toLowerCase()
      ? []
      : [`session key ${record.sessionKey}`]),
    ...(settings.endpoint === undefined || settings.endpoint === record.endpoint
      ? []
      : [`endpoint ${record.endpoint}`]),
  ]
  return differs.length === 0
    ? ok(`${record.endpoint}, both keys as here`)
    : fail(
        `the ledger has another ${differs.join(', another ')}`,
        'grimoire-node register brings it in line; or use the keys that are registered',
      )
}

export const bond: Examine = async ({ ledger, settings }) => {
  if (!ledger) return skip(NO_CHAIN)
  const record = await readOperator(ledger, { operator: settings.operator })
  if (!record) return fail('no bond', 'grimoire-node register')
  if (record.active) return ok(`${dollars(record.bondAtomic)}, active`)
  return record.freeAtSeconds === null
    ? fail(`${dollars(record.bondAtomic)} is below the least that counts`, 'grimoire-node bond')
    : fail('the bond is leaving', 'grimoire-node unbond --cancel, if you want to stay')
}

export const gas: Examine = async ({ ledger, settings }) => {
  if (!ledger) return skip(NO_CHAIN)
  const paymentKey = getAddress((await publicKeys(settings)).paymentKey)
  const [balance, gasPrice] = await Promise.all([
    ledger.publicClient.getBalance({ address: paymentKey }),
    ledger.publicClient.getGasPrice(),
  ])
  const claims = gasPrice === 0n ? CLAIMS_AHEAD : balance / (CLAIM_GAS * gasPrice)
  const fact = `${formatUnits(balance, 18)} of the chain’s coin at ${paymentKey}`
  const mend = `send some of the chain’s coin to ${paymentKey}; without it nothing can be claimed`
  if (claims === 0n) return fail(`${fact}: not one claim`, mend)
  return claims < CLAIMS_AHEAD
    ? warn(`${fact}: about ${claims} claims`, mend)
    : ok(`${fact}: enough for ${claims > 1000n ? 'over 1000' : claims} claims`)
}

export const keyNodes: Examine = async ({ ledger, settings }) => {
  if (!ledger) return skip(NO_CHAIN)
  const { threshold, nodes } = await askKeyNodes(nodesLedger(settings), settings.keyNodeTimeoutMs)
  const silent = nodes.filter(({ answers }) => !answers).map(({ url }) => url)
  const fact = `${nodes.length - silent.length} of ${nodes.length} answer, ${threshold} are needed`
  if (nodes.length - silent.length < threshold)
    return fail(
      `${fact}; silent: ${silent.join(', ')}`,
      'let this machine reach them; if it does, wait until their keepers mend them',
    )
  return silent.length === 0
    ? ok(fact)
    : warn(`${fact}; silent: ${silent.join(', ')}`, 'nothing yet: works open')
}

const nodesLedger = ({ rpcUrl, addresses, operator }: Patient['settings']) =>
  new Ledger({ rpcUrl, addresses, operator, sessionKey: '0x' })

export const edges: Examine = async ({ settings }): Promise<Finding> => {
  const answers = await Promise.all(
    settings.edges.map(url =>
      fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
        async response => {
          await response.body?.cancel()
          return true
        },
        () => false,
      ),
    ),
  )
  const silent = settings.edges.filter((_, at) => !answers[at])
  if (silent.length === 0) return ok(settings.edges.join(', '))
  return silent.length < settings.edges.length
    ? warn(`silent: ${silent.join(', ')}`, 'take them out of edges if they stay so')
    : fail(`none answers: ${silent.join(', ')}`, 'check edges in the configuration: works are fetched there')
}
