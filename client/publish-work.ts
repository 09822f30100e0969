/** Publishing a work: seal, upload, create on the chain last. Whatever fails before the last step leaves nothing behind. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import type { Hex } from '@grimoire/schema/hex'
import { type KnowledgeFile, knowledgeParts } from '@grimoire/schema/knowledge'
import type { Manifest } from '@grimoire/schema/manifest'
import { Problem } from '@grimoire/schema/problem'
import { SMALL_BLOB_BYTES } from '@grimoire/schema/upload'
import { type Terms, terms, termsToChain } from '@grimoire/schema/work'
import { type SealedWork, sealWork } from '@grimoire/seal/bundle'
import type { PlainPart } from '@grimoire/seal/parts'
import type { Recovery } from '@grimoire/seal/recovery'
import { encodeAbiParameters, encodeFunctionData, keccak256, parseAbiParameters } from 'viem'
import { putBlob, sendAndNudge } from './edge.ts'
import { keyNetworkOf, type Market } from './market.ts'
import { asSignedIn } from './session-of.ts'
import { type Content, pieceOf, type Sending, sizeOf, uploadBlob } from './upload-blob.ts'
import { randomBytes32, type Sent, type Wallet } from './wallet.ts'

/** What a creator says of a work. The rest of the manifest follows from it. */
export type WorkWords = Pick<Manifest, 'title' | 'summary' | 'tags' | 'language' | 'licence' | 'base'>

export type PublishWork = Sending & {
  wallet: Wallet
  words: WorkWords
  terms: Terms
  parts: PlainPart[]
  /** Told to the model in excerpts, and quoted to holders. Sealed behind the other parts, names and all. */
  knowledge?: readonly KnowledgeFile[]
  parents?: { workId: string; shareBps: number }[]
  /** Operators who may serve it, when its admission is `listed`. */
  admitted?: Hex[]
  /** Makes the id, together with the creator. Chosen at random without it; the same salt names the same work. */
  salt?: Hex
}

export type Published = {
  workId: string
  version: number
  contentHash: string
  manifest: Manifest
  /** Keep it: `writeRecovery` locks it under a passphrase. With it a lost key network is a re-seal and not a loss. */
  recovery: Recovery
  sealedBytes: number
  transaction: Sent
}

/** A sealed work that waits for its mint. If the last step fails, pass it to `createWork` again: nothing is sealed anew. */
export type Prepared = SealedWork & { workId: string; blobs: Map<string, Uint8Array> }

/** The ledger's id for this creator and salt: known before the work exists, so that a seal can name it. */
export const workIdOf = (creator: Hex, salt: Hex): string =>
  BigInt(keccak256(encodeAbiParameters(parseAbiParameters('address, bytes32'), [creator, salt]))).toString()

/** Sealing signs nothing, so that whoever seals, a worker thread say, needs the creator's address alone. */
export type Sealing = Omit<PublishWork, 'wallet'> & { wallet: { account: { address: Hex } } }

/** Seals version 1 to the id that the work will have. */
export async function prepareWork(market: Market, options: Sealing): Promise<Prepared & { salt: Hex }> {
  const checked = terms.safeParse(options.terms)
  if (!checked.success) {
    const [issue] = checked.error.issues
    throw new Problem('terms_invalid', { param: issue?.path.join('.') ?? '', got: issue?.message })
  }
  const { addresses } = market
  const creator = options.wallet.account.address
  const salt = options.salt ?? randomBytes32()
  const workId = workIdOf(creator, salt)
  const { kind, disclosure } = checked.data
  const { chainId, works, gate } = addresses
  const fields = { chainId, works, workId, version: 1, creator, kind, disclosure, ...options.words }
  const parts = [...options.parts, ...knowledgeParts(options.knowledge ?? [])]
  const sealed = await sealWork({ fields, parts, gate, network: keyNetworkOf(market) })
  return { ...sealed, workId, salt }
}

/**
 * Sends every blob and then the manifest: small ones as anybody may, large ones in chunks, for which the wallet signs in, once.
 * What is there already is not sent again, so an interrupted run starts over and goes on where it was.
 */
export async function uploadSealed(
  market: Market,
  sealed: { manifestBytes: Uint8Array<ArrayBuffer>; blobs: ReadonlyMap<string, Blob | Uint8Array> },
  { wallet, onProgress, ...how }: Sending & { wallet?: Wallet | undefined } = {},
): Promise<number> {
  const sealedBytes = [...sealed.blobs.values()].reduce((sum, part) => sum + sizeOf(part), 0)
  const sizeBytes = sealedBytes + sealed.manifestBytes.length
  let before = 0
  const progress = (sentBytes: number) => onProgress?.({ sentBytes: before + sentBytes, sizeBytes })
  for (const [sha256, part] of sealed.blobs) {
    const content = part as Content // Safety: age hands out plain buffers; a shared one could not be sent.
    await how.pausing?.open()
    how.signal?.throwIfAborted()
    const size = sizeOf(content)
    if (size <= SMALL_BLOB_BYTES) await putBlob(market, await pieceOf(content, 0, size))
    else {
      const sending = { ...how, sha256, content }
      const onSent = ({ sentBytes }: { sentBytes: number }) => progress(sentBytes)
      await asSignedIn(market, signerOf(wallet), session =>
        uploadBlob(market, { ...sending, session, onProgress: onSent }),
      )
    }
    before += size
    progress(0)
  }
  await putBlob(market, sealed.manifestBytes)
  before = sizeBytes
  progress(0)
  return sealedBytes
}

function signerOf(wallet: Wallet | undefined): Wallet {
  if (wallet) return wallet
  throw new Problem('session_missing', { param: 'wallet', expected: 'a wallet, to upload a large part' })
}

/** The mint, which is last: before it the work does not exist, after it everything that it names can be fetched. */
export async function createWork(
  market: Market,
  options: Pick<PublishWork, 'wallet' | 'terms' | 'parents' | 'admitted'>,
  prepared: Pick<SealedWork, 'contentHashBytes32'> & { salt: Hex },
): Promise<Sent> {
  const parents = (options.parents ?? []).map(({ workId, shareBps }) => ({
    workId: BigInt(workId),
    shareBps,
  }))
  const { salt, contentHashBytes32 } = prepared
  const args = [
    salt,
    termsToChain(options.terms),
    parents,
    options.admitted ?? [],
    contentHashBytes32,
  ] as const
  return sendAndNudge(market, {
    wallet: options.wallet,
    to: market.addresses.works,
    data: encodeFunctionData({ abi: worksAbi, functionName: 'create', args }),
    what: 'creating a work',
  })
}

export async function publishWork(market: Market, options: PublishWork): Promise<Published> {
  const prepared = await prepareWork(market, options)
  const sealedBytes = await uploadSealed(market, prepared, options)
  const transaction = await createWork(market, options, prepared)
  const { workId, contentHash, manifest, recovery } = prepared
  return { workId, version: 1, contentHash, manifest, recovery, sealedBytes, transaction }
}
