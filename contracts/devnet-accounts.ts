/** The accounts that every local chain funds, of the mnemonic that every Ethereum tool knows. Never send real money to them. */
import { pbkdf2Sync } from 'node:crypto'
import { type HDAccount, HDKey, hdKeyToAccount } from 'viem/accounts'

export const DEVNET_MNEMONIC = 'test test test test test test test test test test test junk'

/**
 * The seed as BIP-39 has it. Viem computes it anew for each account, in JavaScript: for a cast of nine, a third of a
 * second in every process that has one.
 */
const tree = HDKey.fromMasterSeed(pbkdf2Sync(DEVNET_MNEMONIC, 'mnemonic', 2048, 64, 'sha512'))

export const devnetAccount = (addressIndex: number): HDAccount => hdKeyToAccount(tree, { addressIndex })
