/** A new seal over the parts that stand: for a lost key network, or a new one. Nothing is encrypted again. */
import type { Hex } from '@grimoire/schema/hex'
import type { Manifest } from '@grimoire/schema/manifest'
import { type SealedWork, sealIdentity } from './bundle.ts'
import type { KeyNetwork } from './network.ts'
import { checkRecovery, type Recovery } from './recovery.ts'

export type ResealRequest = {
  recovery: Recovery
  manifest: Manifest
  network: KeyNetwork
  /** The Gate of the new seal; the old one's when it still stands. */
  gate?: Hex
  /** The ledger names a manifest by version, so a new seal is a new version. */
  version: number
}

export async function reseal(request: ResealRequest): Promise<SealedWork> {
  const { recovery, manifest, network, version } = request
  await checkRecovery(recovery, manifest)
  const { format: _format, parts, seal, ...fields } = manifest
  return await sealIdentity({
    fields: { ...fields, version },
    parts,
    gate: request.gate ?? seal.gate,
    network,
    identity: recovery.identity,
  })
}
