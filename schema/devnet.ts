/** The chain of every local market: its money is worthless, and its accounts are everyone's. */

export const DEVNET_CHAIN_ID = 31_337
