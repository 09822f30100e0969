/** A wallet of the browser's own kind for tests: announces itself by EIP-6963, counts what it is asked, may refuse. */
import type { Page } from 'playwright-core'

/** What the wallet was asked to sign or send, in order. */
const SIGNING = ['personal_sign', 'eth_signTypedData_v4', 'eth_sendTransaction']

/**
 * The chain's own node keeps the keys of its test accounts, so the wallet only hands on; what the page meets is the
 * provider interface that every real wallet has.
 */
const WALLET = (rpcUrl: string, account: string, chainId: number) => `{
  const asked = []
  window.walletAsked = asked
  window.walletRefuses = false
  const listeners = new Map()
  let id = 0
  const provider = {
    isGrimoireTest: true,
    on: (name, listener) => listeners.set(name, listener),
    removeListener: name => listeners.delete(name),
    async request({ method, params }) {
      if (method === 'eth_requestAccounts' || method === 'eth_accounts') return ['${account}']
      if (method === 'eth_chainId') return '0x${chainId.toString(16)}'
      if (method === 'wallet_requestPermissions') return [{ parentCapability: 'eth_accounts', caveats: [{ value: ['${account}'] }] }]
      if (${JSON.stringify(SIGNING)}.includes(method)) {
        asked.push(method)
        if (window.walletRefuses) throw Object.assign(new Error('User rejected the request.'), { code: 4001 })
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

export async function giveWallet(
  page: Page,
  { rpcUrl, account, chainId }: { rpcUrl: string; account: string; chainId: number },
) {
  await page.addInitScript(WALLET(rpcUrl, account, chainId))
  return {
    asked: () => page.evaluate<string[]>('window.walletAsked'),
    refuse: (yes: boolean) => page.evaluate(`window.walletRefuses = ${yes}`),
  }
}
