/** From a draft to a work on the chain, in steps of which each is kept: whatever stops it, it goes on from there. */
import { ledgerWork, versionHash } from '@grimoire/client/ledger-work'
import type { Market } from '@grimoire/client/market'
import { sendVersion } from '@grimoire/client/publish-version'
import { createWork, uploadSealed } from '@grimoire/client/publish-work'
import type { PauseSwitch } from '@grimoire/client/upload-blob'
import type { Wallet } from '@grimoire/client/wallet'
import { workDetail } from '@grimoire/schema/catalogue'
import { type Hex, sameAddress } from '@grimoire/schema/hex'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { openMarket } from '../chain/open-market.ts'
import { ask } from '../edge/ask.ts'
import { openWallet } from '../wallet/open-wallet.ts'
import type { Session } from '../wallet/session.ts'
import type { Draft, Mint } from './draft.ts'
import { digestOf, loadLarge } from './filing.ts'
import { dropSealed, loadFile, MANIFEST } from './kept-drafts.ts'
import { sealInThread } from './sealing.ts'

export type MintStep = 'seal' | 'upload' | 'send' | 'block' | 'index'
export type MintProgress = { step: MintStep; sentBytes?: number; sizeBytes?: number; signing?: boolean }

export type MintJob = {
  draft: Draft
  session: Session
  pausing: PauseSwitch
  tell: (progress: MintProgress) => void
  /** Keeps the draft with this on the device before anything further is done. */
  keep: (part: Partial<Draft>) => Promise<void>
}

/** Seals in a thread of its own, which keeps the sealed files: nothing has left this device yet. */
async function seal({ draft, session, keep }: MintJob): Promise<Mint> {
  const mint = await sealInThread({ draft, creator: session.address })
  await keep({ mint })
  return mint
}

function found<T>(file: T | null | undefined, name: string): T {
  if (file) return file
  throw new Problem('part_missing', { param: name, got: 'a browser that has dropped it' })
}

/** What is there already is not sent again, so that an upload that was broken off goes on where it was. */
async function upload(market: Market, wallet: Wallet, mint: Mint, job: MintJob): Promise<void> {
  const { draft, tell, pausing } = job
  const blobs = new Map<string, Blob>()
  for (const { name } of mint.blobs) blobs.set(name, found(await loadLarge(draft.id, name), name))
  const manifestBytes = found(await loadFile(draft.id, MANIFEST), MANIFEST)
  tell({ step: 'upload' })
  const onProgress = (progress: { sentBytes: number; sizeBytes: number }) =>
    tell({ step: 'upload', ...progress })
  await uploadSealed(market, { manifestBytes, blobs }, { wallet, pausing, onProgress, digestOf })
}

/** Whether the ledger has it already: a page that was closed after sending does not know what came of it. */
async function stands(market: Market, { workId, version, contentHash }: Mint): Promise<boolean> {
  try {
    await ledgerWork(market, workId)
    const hash = await versionHash(market, { workId, version })
    if (hash === contentHash) return true
    throw new Problem('hash_mismatch', {
      got: `another version ${version} of this work`,
      expected: contentHash,
    })
  } catch (error) {
    if (isProblem(error, 'work_unknown') || isProblem(error, 'version_unknown')) return false
    throw error
  }
}

/** The hash is kept as soon as the wallet has it, so that a reload waits for it instead of sending again. */
const remembering = (wallet: Wallet, sent: (hash: Hex) => Promise<void>): Wallet => ({
  ...wallet,
  sendTransaction: async request => {
    const hash = await wallet.sendTransaction(request)
    await sent(hash)
    return hash
  },
})

const WAIT_FOR_SENT_MS = 60_000

async function send(market: Market, opened: Wallet, mint: Mint, { tell, keep }: MintJob): Promise<void> {
  tell({ step: 'send' })
  if (mint.transaction) {
    tell({ step: 'block' })
    const { transaction: hash } = mint
    await market.publicClient
      .waitForTransactionReceipt({ hash, timeout: WAIT_FOR_SENT_MS })
      .catch(() => undefined) // Lost or replaced: what counts is what the ledger says next.
  }
  if (await stands(market, mint)) return
  // It is sent already: where this cannot be kept, a reload asks the ledger, which has it.
  const wallet = remembering(opened, transaction =>
    keep({ mint: { ...mint, stage: 'sent', transaction } }).catch(() => undefined),
  )
  const { salt, terms, admitted, workId, contentHashBytes32 } = mint
  if (salt) await createWork(market, { wallet, terms, admitted }, { salt, contentHashBytes32 })
  else await sendVersion(market, { wallet, workId }, { contentHashBytes32 })
}

const INDEX_TRIES = 40
const INDEX_PAUSE_MS = 500

/** Whether the edge shows it. That it does not yet is no failure: the work exists. */
async function shown({ workId, version }: Mint): Promise<boolean> {
  for (let tries = 0; tries < INDEX_TRIES; tries++) {
    // Refused while the edge does not know it, and where it does not answer: both is asked again.
    const found = await ask(`/v1/works/${workId}`, { read: body => workDetail.parse(body) }).catch(() => null)
    if (found?.versions.some(one => one.version === version)) return true
    await new Promise(resolve => setTimeout(resolve, INDEX_PAUSE_MS))
  }
  return false
}

export async function runMint(job: MintJob): Promise<{ workId: string; version: number; shown: boolean }> {
  const { draft, session, tell, keep } = job
  const owner = draft.mint?.creator ?? draft.published?.creator
  if (owner && !sameAddress(owner, session.address))
    throw new Problem('not_creator', { got: session.address, expected: owner })
  tell({ step: 'seal' })
  // What an earlier try could not keep is in the page alone: it is kept before anything is sent.
  if (draft.mint && draft.mint.stage !== 'sent') await keep({ mint: draft.mint })
  let mint = draft.mint ?? (await seal(job))
  const market = await openMarket()
  const wallet = await openWallet(session, event => {
    if (event === 'sign') tell({ step: 'upload', signing: true })
    if (event === 'sent') tell({ step: 'block' })
  })
  if (mint.stage === 'sealed') {
    await upload(market, wallet, mint, job)
    mint = { ...mint, stage: 'uploaded' }
    await keep({ mint })
  }
  await send(market, wallet, mint, job)
  const { creator, workId, version, card, knowledge, recovery } = mint
  // The work stands by now, and a reload finds it there; to fail here would offer to publish it once more.
  await keep({ mint: null, published: { creator, workId, version, card, knowledge, recovery } }).catch(
    () => undefined,
  )
  tell({ step: 'index' })
  const isShown = await shown(mint)
  await dropSealed({ id: draft.id, mint })
  return { workId, version, shown: isShown }
}
