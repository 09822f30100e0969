/** All that viem can ask a chain, as one part that is loaded when a page first asks for more than to read a contract. */
export { publicActions } from 'viem'
