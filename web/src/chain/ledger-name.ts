/** A ledger is told from another that stood at the same addresses before it by the block in which it was made. */
import { Problem } from '@grimoire/schema/problem'
import { readNetwork } from './network.ts'

/** Asked of the chain in its own words: what a page keeps is found before any of the chain's code is loaded. */
async function blockHash(rpcUrl: string, blockNumber: number): Promise<string> {
  const params = [`0x${blockNumber.toString(16)}`, false]
  try {
    const answer = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getBlockByNumber', params }),
    })
    const hash: unknown = (await answer.json()).result?.hash
    if (typeof hash === 'string' && /^0x[0-9a-f]{64}$/.test(hash)) return hash
    throw new TypeError(`no block ${blockNumber}`)
  } catch (cause) {
    throw new Problem('chain_unreachable', { got: rpcUrl, expected: `block ${blockNumber}`, cause })
  }
}

async function find(): Promise<string> {
  const { addresses, rpcUrls } = await readNetwork()
  const hash = await blockHash(rpcUrls[0] ?? '', addresses.deployedAtBlock)
  return `${addresses.chainId}:${addresses.works.toLowerCase()}:${hash.slice(2, 14)}`
}

let found: Promise<string> | null = null

export function ledgerName(): Promise<string> {
  found ??= find().catch(error => {
    found = null
    throw error
  })
  return found
}
