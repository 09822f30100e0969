/** The burner of a devnet: accounts of the mnemonic that every Ethereum tool knows, for play. It opens nowhere else. */
import type { Wallet } from '@grimoire/client/wallet'
import { Problem } from '@grimoire/schema/problem'
import { createWalletClient } from 'viem'
import { mnemonicToAccount } from 'viem/accounts'
import { isPlay, type Network } from '../chain/network.ts'
import { chainOf, pollingMs, transportOf } from '../chain/viem-chain.ts'
import type { Session } from './session.ts'

/** Public on purpose: whoever sends real money to these accounts has given it away. */
const MNEMONIC = 'test test test test test test test test test test test junk'

const ROLES = [
  { id: 'reader', name: 'Cleo, a reader', says: 'Buys, chats, sells again.', addressIndex: 4 },
  { id: 'second', name: 'Dan, another reader', says: 'Buys what Cleo sells.', addressIndex: 5 },
  { id: 'maker', name: 'Ada, a maker', says: 'Made some of these works and earns on them.', addressIndex: 2 },
  { id: 'operator', name: 'Olga, an operator', says: 'Runs the machine that answers here.', addressIndex: 6 },
] as const

const accountOf = (id: string) => {
  const role = ROLES.find(one => one.id === id)
  if (!role) throw new Problem('config_invalid', { got: id, expected: ROLES.map(one => one.id).join(', ') })
  return mnemonicToAccount(MNEMONIC, { addressIndex: role.addressIndex })
}

export type PlayRole = Session & { says: string }

export const playRoles = (): PlayRole[] =>
  ROLES.map(({ id, name, says }) => ({ kind: 'play', id, name, says, address: accountOf(id).address }))

export function openPlay({ id }: Session, network: Network): Wallet {
  if (!isPlay(network))
    throw new Problem('chain_wrong', { got: network.addresses.chainId, expected: 'a devnet, for play money' })
  return createWalletClient({
    account: accountOf(id),
    chain: chainOf(network),
    transport: transportOf(network),
    pollingInterval: pollingMs(network),
  })
}
