/** A wallet of the browser's own kind for tests: announces itself by EIP-6963, counts what it is asked, may refuse, wait, or stand elsewhere. */
import { batchingWallet } from '@grimoire/client/fixture-batching'
import type { Page } from 'playwright-core'
import type { Hex, LocalAccount } from 'viem'

/** What the wallet was asked to sign or send, in order. */
const SIGNING = ['personal_sign', 'eth_signTypedData_v4', 'eth_sendTransaction']
/** What only a wallet that takes batches answers; every other has none of these. */
const BATCHING = ['wallet_getCapabilities', 'wallet_sendCalls', 'wallet_getCallsStatus']

type Asked = { method: string; params?: unknown }
type Answer = { result?: unknown; code?: number; message?: string }

/**
 * The chain's own node keeps the keys of its test accounts, so the wallet only hands on; what the page meets is the
 * provider interface that every real wallet has.
 */
const WALLET = (rpcUrl: string, account: string, chainId: number, elsewhere: number | null) => `{
  const asked = []
  window.walletAsked = asked
  window.walletRefuses = false
  window.walletHolds = ''
  const listeners = new Map()
  let chainId = Number(sessionStorage.getItem('wallet-chain') ?? ${elsewhere ?? chainId})
  const refusal = (code, message) => Object.assign(new Error(message), { code })
  let id = 0
  const provider = {
    isGrimoireTest: true,
    on: (name, listener) => listeners.set(name, listener),
    removeListener: name => listeners.delete(name),
    async request({ method, params }) {
      if (method === 'eth_requestAccounts' || method === 'eth_accounts') return ['${account}']
      if (method === 'eth_chainId') return '0x' + chainId.toString(16)
      if (method === 'wallet_requestPermissions') return [{ parentCapability: 'eth_accounts', caveats: [{ value: ['${account}'] }] }]
      if (${JSON.stringify(SIGNING)}.includes(method) || method === 'wallet_switchEthereumChain') {
        asked.push(method)
        if (window.walletHolds === method) await new Promise(resolve => { window.walletLetsGo = resolve })
        if (window.walletRefuses) throw refusal(4001, 'User rejected the request.')
      }
      if (method === 'wallet_switchEthereumChain') {
        chainId = Number(params[0].chainId)
        sessionStorage.setItem('wallet-chain', String(chainId))
        listeners.get('chainChanged')?.(params[0].chainId)
        return null
      }
      if (${JSON.stringify(BATCHING)}.includes(method)) {
        if (!window.walletBatches) throw refusal(4200, 'This wallet does not do ' + method)
        const { result, code, message } = await window.walletBatches({ method, params })
        if (message) throw refusal(code, message)
        return result
      }
      const answer = await fetch('${rpcUrl}', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params: params ?? [] }),
      })
      const { result, error } = await answer.json()
      if (error) throw Object.assign(new Error(error.message), error)
      return result
    },
  }
  const info = { uuid: '7f4c1e52-3d0e-4f4a-9a3e-0d1b1f6f0a11', name: 'Test Purse', icon: 'data:image/svg+xml,<svg/>', rdns: 'test.grimoire.purse' }
  const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
  window.addEventListener('eip6963:requestProvider', announce)
  announce()
}`

export type GivenWallet = {
  rpcUrl: string
  account: string
  chainId: number
  /** Another chain, on which it is when it is first asked. */
  elsewhere?: number
  /** It takes batches then; its key signs them on this side, as a wallet's own program would, and outlives the page. */
  batches?: { account: LocalAccount; multicall3: Hex }
}

export async function giveWallet(page: Page, given: GivenWallet) {
  const { rpcUrl, account, chainId, elsewhere = null, batches } = given
  const batching = batches ? batchingWallet({ rpcUrl, ...batches }) : null
  if (batching) {
    await page.exposeFunction('walletBatches', async (request: Asked): Promise<Answer> => {
      try {
        return { result: await batching.request(request) }
      } catch (error) {
        const { code, message } = error as Error & { code?: number } // Safety: the wallet throws errors only.
        return { code: code ?? -32603, message }
      }
    })
  }
  await page.addInitScript(WALLET(rpcUrl, account, chainId, elsewhere))
  return {
    asked: async () => [...(await page.evaluate<string[]>('window.walletAsked')), ...(batching?.asked ?? [])],
    refuse: (yes: boolean) => page.evaluate(`window.walletRefuses = ${yes}`),
    /** Until it is let go, this question stays open, as a dialog that nobody has looked at. */
    hold: (method: string) => page.evaluate(`window.walletHolds = '${method}'`),
    /** What is held goes on, once it has come; the next of its kind is held again. */
    letOneGo: () =>
      page.evaluate(`new Promise(resolve => {
        const look = () => {
          const go = window.walletLetsGo
          if (!go) return setTimeout(look, 20)
          delete window.walletLetsGo
          resolve(go())
        }
        look()
      })`),
    letGo: () => page.evaluate(`window.walletHolds = ''; window.walletLetsGo?.()`),
  }
}
