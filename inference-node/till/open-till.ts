/** The till of a node put together: channels on the disk, x402's server and facilitator, and the claims. */
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { Problem } from '@grimoire/schema/problem'
import type { Ledger } from '../admission/ledger.ts'
import type { CheckedConfig } from '../config.ts'
import { Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import type { State } from '../state.ts'
import { Splitters, SqliteChannels } from './channels.ts'
import { Claims } from './claims.ts'
import { inProcessFacilitator } from './facilitator.ts'
import type { GasPayer } from './gas-payer.ts'
import { Room } from './room.ts'
import { Till } from './till.ts'
import { UnfinalDeposits } from './unfinal.ts'

type Settings = Pick<
  CheckedConfig,
  | 'addresses'
  | 'operator'
  | 'minDepositAtomic'
  | 'withdrawDelaySeconds'
  | 'claimMinimumAtomic'
  | 'maxUnclaimedAtomic'
  | 'finalAfterBlocks'
  | 'creditUntilFinalAtomic'
>

export async function openTill(
  config: Settings,
  { ledger, payer, state, log }: { ledger: Ledger; payer: GasPayer; state: State; log: Log },
) {
  const { addresses, operator, minDepositAtomic, withdrawDelaySeconds } = config
  const network = `eip155:${addresses.chainId}` as const
  const facilitator = inProcessFacilitator(payer, network, log)
  const [channels, splitters] = [new SqliteChannels(state), new Splitters(state)]
  await channels.freeAll()
  const money = await moneyOf(ledger)
  const policy = {
    minimumAtomic: BigInt(config.claimMinimumAtomic),
    maxUnclaimedAtomic: BigInt(config.maxUnclaimedAtomic),
  }
  const room = new Room({ channels, ...policy })
  const till = await Till.open({
    ...{ minDepositAtomic, withdrawDelaySeconds, channels, splitters, facilitator, payer, room },
    followedMs: () => ledger.followed.followedMs,
    unfinal: new UnfinalDeposits(state, {
      finalAfterBlocks: config.finalAfterBlocks,
      creditAtomic: BigInt(config.creditUntilFinalAtomic),
      headNumber: ledger.recentBlock,
    }),
    chainId: addresses.chainId,
    money,
  })
  const claims = new Claims({
    ...{ addresses, operator, network, facilitator, channels, splitters, payer, log },
    scheme: till.scheme,
    journal: new Journal(state),
    ...policy,
  })
  room.onTight = () => claims.onTight()
  return { payer, till, claims }
}

/** By its name and version it is signed for: without them nobody could pay. */
async function moneyOf({ client, options }: Ledger) {
  const address = options.addresses.money
  const about = { address, abi: moneyAbi } as const
  const [name, version] = await Promise.all([
    client.readContract({ ...about, functionName: 'name' }),
    client.readContract({ ...about, functionName: 'version' }),
  ]).catch(cause => {
    throw new Problem('config_invalid', { got: address, expected: 'the chain’s money, with EIP-3009', cause })
  })
  return { address, name, version }
}
