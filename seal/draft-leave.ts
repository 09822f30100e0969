/** A wallet's leave to try one draft on one node: EIP-4361 text that names operator, content and end, and nothing it could be used for besides. */
import { DRAFT_LEAVE_MAX_SECONDS, type DraftLeave } from '@grimoire/schema/draft'
import { GRANT_DOMAIN } from '@grimoire/schema/grant'
import { address, bytes32, type Hex } from '@grimoire/schema/hex'
import { Problem } from '@grimoire/schema/problem'
import { hashMessage, type PublicClient, parseAbi, recoverMessageAddress } from 'viem'
import { parseSiweMessage } from 'viem/siwe'
import type { WalletSigner } from './grant.ts'
import { siweText } from './siwe.ts'

type DraftLeaveFields = {
  wallet: Hex
  operator: Hex
  chainId: number
  draftHash: Hex
  issuedAtSeconds: number
  expiresAtSeconds: number
}

/** No session key and no ReCap: to key nodes this text says nothing. */
const uriOf = (operator: Hex) => `grimoire:draft:${operator.toLowerCase()}`

/** The nonce is the content's own hash, which is salted: the text is good for this content alone. */
const textOf = ({ wallet, operator, draftHash, ...fields }: DraftLeaveFields): string =>
  siweText({
    ...fields,
    domain: GRANT_DOMAIN,
    holder: wallet,
    statement: `Let operator ${operator.toLowerCase()} run my draft until it is idle. Nothing is minted or paid.`,
    uri: uriOf(operator),
    nonce: draftHash,
  })

export async function signDraftLeave(
  signer: WalletSigner,
  fields: Pick<DraftLeaveFields, 'operator' | 'chainId' | 'draftHash'>,
): Promise<DraftLeave> {
  const issuedAtSeconds = Math.floor(Date.now() / 1000)
  const expiresAtSeconds = issuedAtSeconds + DRAFT_LEAVE_MAX_SECONDS
  const message = textOf({ ...fields, wallet: signer.address, issuedAtSeconds, expiresAtSeconds })
  return { message, signature: await signer.signMessage({ message }) }
}

const refuse = (param: string, got: unknown, expected: unknown) =>
  new Problem('draft_leave_invalid', { param, got, expected })

const ERC1271_MAGIC = '0x1626ba7e'
const erc1271 = parseAbi(['function isValidSignature(bytes32 hash, bytes signature) view returns (bytes4)'])

const codeAgrees = (
  client: PublicClient,
  wallet: Hex,
  { message, signature }: DraftLeave,
): Promise<boolean> =>
  client
    .readContract({
      ...{ address: wallet, abi: erc1271, functionName: 'isValidSignature' },
      args: [hashMessage(message), signature],
    })
    .then(
      answer => answer === ERC1271_MAGIC,
      () => false,
    )

/** The wallet that gave leave: by its key, or, for an account with code, by ERC-1271 as its chain answers. */
export async function readDraftLeave(
  { message, signature }: DraftLeave,
  expected: { operator: Hex; chainId: number; draftHash: Hex; client: PublicClient },
): Promise<Hex> {
  const parsed = parseSiweMessage(message)
  const wallet = address.safeParse(parsed.address)
  const nonce = bytes32.safeParse(parsed.nonce)
  const issuedAtSeconds = (parsed.issuedAt?.getTime() ?? 0) / 1000
  const expiresAtSeconds = (parsed.expirationTime?.getTime() ?? 0) / 1000
  if (!Number.isFinite(issuedAtSeconds) || !Number.isFinite(expiresAtSeconds)) {
    throw refuse('expirationTime', 'no time', 'when it was issued, and when it ends')
  }
  if (!wallet.success) throw refuse('address', parsed.address, 'the address of a wallet')
  const { operator, chainId, draftHash, client } = expected
  if (nonce.data !== draftHash) throw refuse('nonce', parsed.nonce, `${draftHash}, the hash of what was sent`)
  const rebuilt = textOf({
    ...{ wallet: wallet.data, operator, chainId, draftHash, issuedAtSeconds, expiresAtSeconds },
  })
  if (rebuilt !== message) throw refuse('message', 'another text', `a leave for operator ${operator}`)
  const nowSeconds = Date.now() / 1000
  if (expiresAtSeconds <= nowSeconds || expiresAtSeconds - nowSeconds > DRAFT_LEAVE_MAX_SECONDS + 60) {
    throw refuse('expirationTime', parsed.expirationTime, `within ${DRAFT_LEAVE_MAX_SECONDS} s from now`)
  }
  const signer = await recoverMessageAddress({ message, signature }).catch(() => null)
  if (signer?.toLowerCase() === wallet.data.toLowerCase()) return wallet.data
  if (!(await codeAgrees(client, wallet.data, { message, signature })))
    throw refuse('signature', signer, wallet.data)
  return wallet.data
}
