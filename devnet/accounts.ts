/** The people of the devnet: accounts of the mnemonic that every Ethereum tool knows. Never send real money to them. */
import { devnetAccount as account } from '@grimoire/contracts/devnet-accounts'

/** Who is who, by index of the mnemonic; printed by `npm start` with their roles. */
export const people = {
  owner: account(0),
  treasury: account(1),
  /** Creators. */
  ada: account(2),
  bela: account(3),
  /** Holders. */
  cleo: account(4),
  dan: account(5),
  /** The operator's cold key: bond and withdrawals. */
  olga: account(6),
  /** The operator's payment key: lives on the node, signs quotes and receipts, pays gas. */
  till: account(7),
  /** Holds nothing. */
  stranger: account(8),
} as const

const FIRST_KEY_NODE = 20
/** Under which account each key node is registered. */
export const keyNodeAccount = (index: number) => account(FIRST_KEY_NODE + index)
