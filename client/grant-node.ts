/** Letting one node open one version of one work for its holder: one wallet signature, handed to that node. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { GRANT_MAX_SECONDS } from '@grimoire/schema/grant'
import type { Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { makeGrant } from '@grimoire/seal/grant'
import { giveGrant, type KeptGrant, keepGrant } from './kept-grant.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { holds } from './ledger-work.ts'
import type { Market } from './market.ts'
import type { PaymentStore } from './payment-store.ts'
import { type NodeChoice, readQuote } from './read-quote.ts'
import { readManifest } from './read-work.ts'
import { signing, type Wallet } from './wallet.ts'

const DEFAULT_GRANT_SECONDS = 7 * 24 * 3600

export type GrantNode = NodeChoice & {
  wallet: Wallet
  /** At most 30 days; a week without it. */
  lastsSeconds?: number
  /** The store that the chat will have: it keeps the grant, and shows the node its id with each turn. */
  store?: PaymentStore
}

const revokedBeforeSeconds = async ({ publicClient, addresses }: Market, holder: Hex): Promise<number> => {
  const call = {
    address: addresses.works,
    abi: worksAbi,
    functionName: 'grantsRevokedBefore',
    args: [holder],
  } as const
  const before = await publicClient.readContract(call).catch(error => {
    throw ledgerProblem(error, 'reading revoked grants')
  })
  return Number(before)
}

/** Signs a grant for the operator's registered session key. The node's own word on its key is checked against the chain. */
export async function signGrant(market: Market, options: GrantNode): Promise<KeptGrant> {
  const { wallet, workId, lastsSeconds = DEFAULT_GRANT_SECONDS } = options
  const { address } = wallet.account
  if (lastsSeconds > GRANT_MAX_SECONDS) {
    throw new Problem('grant_too_long', { got: lastsSeconds, expected: `at most ${GRANT_MAX_SECONDS}` })
  }
  if (!(await holds(market, { workId, holder: address }))) throw new Problem('not_holder', { got: address })
  const { quote, nodeUrl } = await readQuote(market, options)
  const { version, operator, sessionKey } = quote
  const manifest = await readManifest(market, { workId, version })
  const block = await market.publicClient.getBlock().catch(error => {
    throw ledgerProblem(error, 'reading the latest block')
  })
  // After a revocation by a chain whose clock is ahead of this one, a new grant must not count as an earlier one.
  const issuedAtSeconds = Math.max(
    Math.floor(Date.now() / 1000),
    (await revokedBeforeSeconds(market, address)) + 1,
  )
  const expiresAtSeconds = issuedAtSeconds + lastsSeconds
  const authSig = await makeGrant({
    signer: {
      address,
      signMessage: ({ message }) => signing(wallet.signMessage({ account: wallet.account, message })),
    },
    manifest,
    operator,
    sessionKey,
    blockHash: block.hash,
    issuedAtSeconds,
    expiresAtSeconds,
  })
  return { holder: address, workId, version, operator, nodeUrl, expiresAtSeconds, authSig }
}

/** Signs a grant and gives it to the node. A later one for the same version takes its place there. */
export async function grantNode(market: Market, options: GrantNode): Promise<KeptGrant> {
  const signed = await signGrant(market, options)
  const grant = { ...signed, id: (await giveGrant(market, signed)).id }
  if (options.store) await keepGrant(options.store, grant)
  return grant
}
