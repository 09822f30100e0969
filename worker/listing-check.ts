/** Would the ledger take this listing now? Asked of the chain itself, never of the index. */
import { worksAbi } from '@grimoire/contracts/generated/works'
import { sameAddress } from '@grimoire/schema/hex'
import { listingTypedData, type SignedListing } from '@grimoire/schema/listing'
import { Problem } from '@grimoire/schema/problem'
import { LIMITS } from '@grimoire/schema/work'
import {
  compactSignatureToSignature,
  type Hex,
  hashTypedData,
  type PublicClient,
  parseAbi,
  parseCompactSignature,
  recoverAddress,
  serializeSignature,
  zeroAddress,
} from 'viem'
import { asking, chainOf } from './chain.ts'
import type { Settings } from './env.ts'
import { WORD_BITS } from './store/listings.ts'

const MAX_PRICE_ATOMIC = BigInt(Number.MAX_SAFE_INTEGER)
const UINT256_MAX = 2n ** 256n - 1n
const ERC1271_MAGIC = '0x1626ba7e'
const erc1271 = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)'])

export async function checkListing(
  settings: Settings,
  signed: SignedListing,
): Promise<{ digest: Hex; nowSeconds: number }> {
  const { listing, signature } = signed
  const { chainId, works } = settings.ADDRESSES
  checkRange(signed)
  const chain = chainOf(settings)
  const now = Number((await asking(chain.getBlock())).timestamp)
  checkExpiry(listing.expiresAtSeconds, now)
  const digest = hashTypedData(listingTypedData(listing, chainId, works))
  const valid = await signedBy(chain, listing.seller, digest, signature)
  if (!valid) {
    throw new Problem('listing_signature_invalid', {
      got: `a signature that ${listing.seller} did not make`,
      expected: `EIP-712 "Grimoire Works" of chain ${chainId} and ${works}`,
    })
  }
  await checkLedger(settings, signed)
  return { digest, nowSeconds: now }
}

/** What the index cannot keep exactly, the edge does not take: the ledger itself would. */
function checkRange({ listing }: SignedListing): void {
  const refuse = (param: string, got: string, expected: string) =>
    new Problem('request_invalid', { param: `listing.${param}`, got, expected })
  if (BigInt(listing.priceAtomic) > MAX_PRICE_ATOMIC) {
    throw refuse('priceAtomic', listing.priceAtomic, `at most ${MAX_PRICE_ATOMIC}`)
  }
  if (BigInt(listing.nonce) > UINT256_MAX) throw refuse('nonce', listing.nonce, 'at most 256 bits')
}

function checkExpiry(expiresAtSeconds: number, now: number): void {
  const latest = now + LIMITS.maxListingSeconds
  if (expiresAtSeconds >= now && expiresAtSeconds <= latest) return
  throw new Problem('listing_expired', {
    param: 'listing.expiresAtSeconds',
    got: expiresAtSeconds,
    expected: `${now} to ${latest}, by the clock of the chain`,
  })
}

/** 64 bytes are ERC-2098's compact form. */
const canonical = (signature: Hex): Hex =>
  signature.length === 2 + 64 * 2
    ? serializeSignature(compactSignatureToSignature(parseCompactSignature(signature)))
    : signature

/** As the ledger does it: a key first, so that an account with code that also has a key can sign plainly; then ERC-1271. */
async function signedBy(chain: PublicClient, seller: Hex, digest: Hex, signature: Hex): Promise<boolean> {
  const plain = signature.length === 2 + 64 * 2 || signature.length === 2 + 65 * 2
  const signer = plain
    ? await recoverAddress({ hash: digest, signature: canonical(signature) }).catch(() => zeroAddress)
    : zeroAddress
  if (signer !== zeroAddress && sameAddress(signer, seller)) return true
  const code = await asking(chain.getCode({ address: seller }))
  if (!code || code === '0x') return false
  return chain
    .readContract({
      address: seller,
      abi: erc1271,
      functionName: 'isValidSignature',
      args: [digest, signature],
    })
    .then(answer => answer === ERC1271_MAGIC)
    .catch(() => false)
}

async function checkLedger(settings: Settings, { listing }: SignedListing): Promise<void> {
  const chain = chainOf(settings)
  const ledger = { address: settings.ADDRESSES.works, abi: worksAbi } as const
  const workId = BigInt(listing.workId)
  const nonce = BigInt(listing.nonce)
  const [work, held, spent] = await asking(
    Promise.all([
      chain.readContract({ ...ledger, functionName: 'work', args: [workId] }),
      chain.readContract({ ...ledger, functionName: 'balanceOf', args: [listing.seller, workId] }),
      chain.readContract({ ...ledger, functionName: 'nonceWord', args: [listing.seller, nonce / WORD_BITS] }),
    ]),
  )
  if (work.creator === zeroAddress) throw new Problem('work_unknown', { got: listing.workId })
  if ((spent >> (nonce % WORD_BITS)) & 1n) {
    throw new Problem('listing_cancelled', {
      param: 'listing.nonce',
      got: `nonce ${nonce}`,
      expected: 'a fresh nonce',
    })
  }
  if (held < BigInt(listing.quantity)) {
    throw new Problem('listing_not_held', {
      param: 'listing.quantity',
      got: `${listing.quantity} offered`,
      expected: `at most the ${held} held`,
    })
  }
}
