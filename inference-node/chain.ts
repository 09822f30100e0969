/** The chain as a node needs it before anything else: its ledger, the key that pays there, and that both are as configured. */
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { sessionKeyFrom } from '@grimoire/seal/grant'
import { zeroAddress } from 'viem'
import { Ledger } from './admission/ledger.ts'
import type { CheckedConfig } from './config.ts'
import { gasPayer } from './till/gas-payer.ts'

export async function openChain({ addresses, operator, rpcUrl, ...config }: CheckedConfig) {
  const sessionKey = sessionKeyFrom(config.sessionKey)
  const ledger = new Ledger({ rpcUrl, addresses, operator, sessionKey: sessionKey.publicKey })
  await ledger.requireChain()
  const payer = gasPayer(ledger, config.paymentKey)
  await requireSetUp(ledger, payer.account.address)
  return { ledger, payer, sessionKey }
}

const CONTRACTS = [
  'works',
  'operators',
  'admissions',
  'gate',
  'keyNetwork',
  'settlement',
  'collector',
  'multicall3',
] as const

/** What would otherwise show as a refusal of every turn: contracts that are not there, keys that the ledger does not know. */
async function requireSetUp(ledger: Ledger, paymentKey: Hex): Promise<void> {
  const { addresses, sessionKey } = ledger.options
  for (const name of CONTRACTS) {
    const address = addresses[name]
    if (await ledger.client.getCode({ address })) continue
    throw new Problem('config_invalid', {
      param: name,
      got: `no contract at ${address}`,
      expected: `${name} there`,
    })
  }
  const registered = await ledger.operator()
  if (registered.paymentKey === zeroAddress) return // It may register while the node runs; until then it is not bonded.
  for (const [param, got, expected] of [
    ['paymentKey', paymentKey, registered.paymentKey],
    ['sessionKey', sessionKey, registered.sessionKey],
  ] as const) {
    if (got.toLowerCase() === expected.toLowerCase()) continue
    throw new Problem('config_invalid', {
      param,
      got: `the ${param} of ${got}`,
      expected: `${expected}, as registered`,
    })
  }
}
