/** Opening a copy of an openable work: one tradable edition is burned, and its holder reads what was sealed. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { sameAddress } from '@grimoire/schema/hex'
import type { Manifest } from '@grimoire/schema/manifest'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { unsealIdentity } from '@grimoire/seal/bundle'
import { makeOpening, makeSessionKey, sessionAccess } from '@grimoire/seal/grant'
import { encodeFunctionData } from 'viem'
import { nudgeEdge } from './edge.ts'
import { ledgerProblem } from './ledger-errors.ts'
import { ledgerWork } from './ledger-work.ts'
import { keyNetworkOf, type Market } from './market.ts'
import { openParts, type ReadableParts } from './open-parts.ts'
import { readManifest } from './read-work.ts'
import { pause } from './transport.ts'
import { type Sent, sendCall, signing, type Wallet } from './wallet.ts'

const UNCONFIRMED_PATIENCE_MS = 20_000
const UNCONFIRMED_PAUSE_MS = 500

export type OpenedCopy = ReadableParts & { manifest: Manifest }

async function mayRead(market: Market, { wallet, workId }: { wallet: Wallet; workId: string }) {
  const holder = wallet.account.address
  const work = await ledgerWork(market, workId)
  const opened = await market.publicClient
    .readContract({
      address: market.addresses.works,
      abi: worksAbi,
      functionName: 'openedCopies',
      args: [BigInt(workId), holder],
    })
    .catch(error => {
      throw ledgerProblem(error, 'reading opened copies')
    })
  return { work, readable: opened > 0n || sameAddress(work.creator, holder) }
}

/** Key nodes look a block back: a copy that was opened in the newest block is readable from the next on. */
async function whenConfirmed<T>(attempt: () => Promise<T>): Promise<T> {
  const until = performance.now() + UNCONFIRMED_PATIENCE_MS
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isProblem(error, 'not_confirmed') || performance.now() > until) throw error
      await pause(UNCONFIRMED_PAUSE_MS)
    }
  }
}

/** Reads a work that one created or has opened a copy of. The wallet signs once; the leave names this program only. */
export async function readOpened(
  market: Market,
  options: { wallet: Wallet; workId: string; version?: number },
): Promise<OpenedCopy> {
  const { wallet, workId, version } = options
  const { readable } = await mayRead(market, options)
  if (!readable) throw new Problem('not_holder', { got: wallet.account.address, expected: 'an opened copy' })
  const network = keyNetworkOf(market)
  const manifest = await readManifest(market, { workId, ...(version === undefined ? {} : { version }) })
  const sessionKey = makeSessionKey()
  const signer = {
    address: wallet.account.address,
    signMessage: ({ message }: { message: string }) =>
      signing(wallet.signMessage({ account: wallet.account, message })),
  }
  const blockHash = await network.latestBlockHash()
  const leave = await makeOpening({ signer, manifest, sessionKey: sessionKey.publicKey, blockHash })
  const access = sessionAccess(leave, sessionKey)
  const unsealed = whenConfirmed(() => unsealIdentity(manifest, network, access))
  return { manifest, ...(await openParts(market, manifest, unsealed)) }
}

/**
 * Opens a copy and reads it. An account that has opened one before, or created the work, only reads: nothing is burned
 * twice by running it again.
 */
export async function openCopy(
  market: Market,
  options: { wallet: Wallet; workId: string },
): Promise<OpenedCopy & { transaction: Sent | null }> {
  const { wallet, workId } = options
  const { work, readable } = await mayRead(market, options)
  if (readable) return { ...(await readOpened(market, options)), transaction: null }
  if (work.terms.disclosure !== 'openable') throw new Problem('not_openable', { got: workId })
  const transaction = await sendCall(market, {
    wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'openCopy', args: [BigInt(workId)] }),
    what: 'opening a copy',
  })
  await nudgeEdge(market)
  return { ...(await readOpened(market, options)), transaction }
}
