/** The addresses that follow from a ledger's own: its admissions, and where a chat's payment goes, asking nobody. */
import { type Address, concat, encodeAbiParameters, getContractAddress, keccak256 } from 'viem'

/** Creation code of a minimal clone, before and after the address that it delegates to. */
const CLONE_HEAD = '0x602d5f8160095f39f35f5f365f5f37365f73'
const CLONE_TAIL = '0x5af43d5f5f3e6029573d5ffd5b3d5ff3'

/** What Works creates in its constructor, in the order of its bases: first Catalogue's, then Royalties'. */
const ADMISSIONS_NONCE = 1n
const BODY_NONCE = 2n

/** Equals `Works.admissions`. */
export const admissionsAddress = (works: Address): Address =>
  getContractAddress({ from: works, nonce: ADMISSIONS_NONCE })

/** Equals `Works.splitterBody`. */
export const splitterBodyAddress = (works: Address): Address =>
  getContractAddress({ from: works, nonce: BODY_NONCE })

/** Equals `Works.splitterOf`: a payer who computes it cannot be sent elsewhere by whoever quotes a price. */
export function splitterAddress(works: Address, workId: bigint, operator: Address): Address {
  return getContractAddress({
    opcode: 'CREATE2',
    from: works,
    salt: keccak256(encodeAbiParameters([{ type: 'uint256' }, { type: 'address' }], [workId, operator])),
    bytecode: concat([CLONE_HEAD, splitterBodyAddress(works), CLONE_TAIL]),
  })
}
