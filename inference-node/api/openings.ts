/** A creator's request that this node say, signed, that it opened a version, found it whole and answered with it. */
import { sameAddress } from '@grimoire/schema/hex'
import {
  type Opening,
  openingRequest,
  openingTypedData,
  requireSamples,
  type SignedOpening,
} from '@grimoire/schema/opening'
import { parseOr } from '@grimoire/schema/parse'
import { Problem } from '@grimoire/schema/problem'
import { receiptHash } from '@grimoire/schema/receipt'
import type { NodeParts } from '../parts.ts'
import { onItsBase } from './its-base.ts'
import { readModel } from './turn.ts'

/**
 * The samples are turns that the creator had here and paid for like every holder: so a proof costs its creator what a
 * question costs, and says nothing that a holder would not see. The version is opened under the creator's grant.
 */
export async function proveOpening(parts: NodeParts, body: unknown): Promise<SignedOpening> {
  const { samples, grantId, model } = parseOr(openingRequest, body, { what: 'samples' })
  const { ledger, grants, works, operator, payer, log } = parts
  const { work, workId, version } = await readModel(ledger, model)
  const grant = grants.find(work.creator, { workId, version }, grantId)
  if (!sameAddress(grant.holder, work.creator)) {
    throw new Problem('not_creator', { got: grant.holder, expected: work.creator })
  }
  await grants.require(grant)
  const { base, engine } = await onItsBase(parts, grant)
  const { chainId, works: worksAddress } = ledger.options.addresses
  const about = { chainId, works: worksAddress, workId, version, operator, baseModelSha256: base.sha256 }
  await requireSamples(samples, { ...about, creator: work.creator, paymentKey: payer.account.address })
  const manifest = await works.manifest(grant)
  await works.open(grant) // Hashes, decryption, card, adapter and files are all checked on the way.
  const opening: Opening = {
    ...about,
    contentHash: await ledger.contentHash(workId, version),
    partHashes: manifest.parts.map(({ sha256 }) => sha256),
    engineBuild: engine.facts.build.slice(0, 200),
    sampleReceiptHashes: samples.map(({ receipt }) => receiptHash(receipt)),
    openedAtSeconds: Math.floor(Date.now() / 1000),
  }
  const signature = await payer.account.signTypedData(openingTypedData(opening))
  log({ event: 'opening_proved', workId, version, holder: grant.holder })
  return { opening, signature, samples }
}
