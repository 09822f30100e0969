/** x402's facilitator inside the node: the operator submits its own transactions, and no third party is asked. */
import { x402Facilitator } from '@x402/core/facilitator'
import type { FacilitatorClient } from '@x402/core/server'
import type { SettleResponse, VerifyResponse } from '@x402/core/types'
import { toFacilitatorEvmSigner } from '@x402/evm'
import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/facilitator'
import { type Log, reasonOf } from '../log.ts'
import type { ContractCall, GasPayer } from './gas-payer.ts'

const CONFIRMATION_TIMEOUT_MS = 60_000

type Signer = Parameters<typeof toFacilitatorEvmSigner>[0]

/** A reason of x402 is a name. Anything else came from an RPC or a library, and would tell a stranger of our insides. */
const publicReason = (reason: string | undefined): string =>
  reason !== undefined && /^[a-z0-9_]{1,100}$/.test(reason) ? reason : 'chain_check_failed'

/** Safety, throughout: x402 passes complete viem calls; only its types are looser. */
function signerOf({ account, client, call, send }: GasPayer): Signer {
  return {
    address: account.address,
    readContract: (call: unknown) => client.readContract(call as Parameters<typeof client.readContract>[0]),
    verifyTypedData: (call: unknown) =>
      client.verifyTypedData(call as Parameters<typeof client.verifyTypedData>[0]),
    writeContract: (contractCall: unknown) => call(contractCall as ContractCall),
    sendTransaction: (request: unknown) => send(request as Parameters<typeof send>[0]),
    waitForTransactionReceipt: (call: { hash: `0x${string}` }) => client.waitForTransactionReceipt(call),
    getCode: (call: { address: `0x${string}` }) => client.getCode(call),
  } as Signer
}

export function inProcessFacilitator(
  payer: GasPayer,
  network: `${string}:${string}`,
  log: Log,
): FacilitatorClient {
  const signer = toFacilitatorEvmSigner(signerOf(payer), { confirmationTimeoutMs: CONFIRMATION_TIMEOUT_MS })
  // Without an authorizerSigner the server scheme signs claims and refunds with the payment key itself.
  const facilitator = new x402Facilitator().register(network, new BatchSettlementEvmScheme(signer))
  return {
    verify: async (payload, requirements) => {
      const result: VerifyResponse = await facilitator
        .verify(payload, requirements)
        .catch((error: unknown) => {
          log({ event: 'verify_failed', reason: reasonOf(error) })
          return { isValid: false }
        })
      if (result.isValid) return result
      const { invalidMessage: _dropped, ...rest } = result
      return { ...rest, invalidReason: publicReason(result.invalidReason) }
    },
    settle: async (payload, requirements) => {
      const result: SettleResponse = await facilitator
        .settle(payload, requirements)
        .catch((error: unknown) => {
          log({ event: 'settle_failed', reason: reasonOf(error) })
          return { success: false, transaction: '', network }
        })
      if (result.success) return result
      const { errorMessage: _dropped, ...rest } = result
      log({ event: 'settle_refused', reason: publicReason(result.errorReason) })
      return { ...rest, errorReason: publicReason(result.errorReason) }
    },
    // Safety: the facilitator types its networks as strings.
    getSupported: async () =>
      facilitator.getSupported() as Awaited<ReturnType<FacilitatorClient['getSupported']>>,
  }
}
