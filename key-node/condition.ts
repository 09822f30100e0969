/** The only condition that a key node answers for: our Gate's canDecrypt, on our chain. */
import { workIdText } from '@grimoire/schema/hex'
import { conditionHash, gateCondition, litChainName } from '@grimoire/seal/condition'
import type { KeyNodeChain } from './config.ts'
import { Refusal, type SignRequest } from './wire.ts'

export type Asked = {
  workId: string
  /** `<condition hash>/<secret hash>`: what a ReCap has to name. */
  resource: string
}

const incorrect = (detail: string): Refusal =>
  new Refusal('NodeIncorrectAccessControlConditions', 'network_refused', detail)

/** Compares with the canonical condition of the named work; the hash is over what was sent, as the client hashed it. */
export function readCondition(request: SignRequest, chain: KeyNodeChain): Asked {
  const [sent] = request.evmContractConditions
  if (!sent) throw incorrect('Expected one condition.')
  const label = litChainName(chain.chainId)
  if (sent.chain !== label || request.chain !== label)
    throw new Refusal('NodeWrongNetwork', 'chain_wrong', `Got ${sent.chain}, expected ${label}.`)
  if (sent.contractAddress.toLowerCase() !== chain.gate.toLowerCase())
    throw incorrect(`Got contract ${sent.contractAddress}, expected the Gate ${chain.gate}.`)
  const [, , workId = '', chainId = ''] = sent.functionParams
  if (chainId !== String(chain.chainId))
    throw new Refusal('NodeWrongNetwork', 'chain_wrong', `Got chain ${chainId}, expected ${chain.chainId}.`)
  if (!workIdText.safeParse(workId).success)
    throw incorrect(`Got ${workId}, expected a work id as a decimal number of at most 256 bits.`)
  const [expected] = gateCondition({ gate: chain.gate, workId, chainId: chain.chainId })
  const lowered = { ...sent, contractAddress: sent.contractAddress.toLowerCase() }
  if (JSON.stringify(lowered) !== JSON.stringify(expected))
    throw incorrect('Expected exactly canDecrypt(:userAddress, :sessionKey, workId, chainId) = true.')
  return { workId, resource: `${conditionHash(request.evmContractConditions)}/${request.dataToEncryptHash}` }
}
