/** The devnet's chain as viem describes one. viem's own list would load some hundred other chains with it. */
import { defineChain } from 'viem'

export const devnetChain = defineChain({
  id: 31_337,
  name: 'the devnet',
  nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
  rpcUrls: { default: { http: ['http://127.0.0.1:8545'] } },
})
