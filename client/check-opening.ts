/** Proofs of opening, held against the chain and the manifest: an edge can hide one, and cannot make one up. */
import {
  type ExpectedOpening,
  openingSigner,
  openingsPage,
  requireOpening,
  type SignedOpening,
} from '@grimoire/schema/opening'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { edgeOf } from './edge.ts'
import { ledgerWork, versionHash } from './ledger-work.ts'
import type { Market } from './market.ts'
import { admits, readOperator } from './operator-read.ts'
import { readManifest } from './read-work.ts'
import { requestJson } from './transport.ts'

type Version = { workId: string; version: number }

/** What the ledger and the manifest say of a version: the same for all of its proofs, so it is read once. */
async function readExpected(market: Market, { workId, version }: Version) {
  const { chainId, works } = market.addresses
  const [{ creator }, contentHash, manifest] = await Promise.all([
    ledgerWork(market, workId),
    versionHash(market, { workId, version }),
    readManifest(market, { workId, version }),
  ])
  return { chainId, works, workId, contentHash, creator, manifest }
}

/** Of an operator that is bonded and that the work admits: anyone else could repeat what others proved. */
async function requireHeld(
  market: Market,
  proof: SignedOpening,
  expected: Omit<ExpectedOpening, 'paymentKey'>,
): Promise<void> {
  const { workId, operator } = proof.opening
  const [record, admitted] = await Promise.all([
    readOperator(market, { operator }),
    admits(market, { workId, operator }),
  ])
  if (!record) {
    throw new Problem('opening_invalid', {
      param: 'operator',
      got: operator,
      expected: 'a registered operator',
    })
  }
  const { paymentKey, active } = record
  await requireOpening(proof, { ...expected, paymentKey })
  if (!active) throw new Problem('not_bonded', { got: operator, expected: 'an operator with an active bond' })
  if (!admitted) throw new Problem('not_admitted', { got: operator })
}

/**
 * Throws `opening_invalid`, `not_bonded` or `not_admitted` unless an operator that may serve the work signed it for what
 * the ledger holds under this version.
 */
export async function checkOpening(market: Market, proof: SignedOpening): Promise<void> {
  await requireHeld(market, proof, await readExpected(market, proof.opening))
}

const DOES_NOT_HOLD = ['opening_invalid', 'not_bonded', 'not_admitted'] as const

/** False where the proof is at fault; a chain that does not answer says nothing of it, and is thrown. */
const holds = (check: Promise<unknown>): Promise<boolean> =>
  check.then(
    () => true,
    error => {
      if (DOES_NOT_HOLD.some(code => isProblem(error, code))) return false
      throw error
    },
  )

/**
 * The proofs for one version that hold now. One by a key that its operator has since replaced is left out, as is one
 * that the edge should not have taken; a proof of another work means that the edge lied. Where the chain or the manifest
 * cannot be read, that is thrown: it does not mean that there are no proofs.
 */
export async function findOpenings(market: Market, { workId, version }: Version): Promise<SignedOpening[]> {
  const path = `/v1/works/${workId}/openings`
  const { openings } = await requestJson(edgeOf(market), path, { schema: openingsPage })
  const strayed = openings.find(({ opening }) => opening.workId !== workId)
  if (strayed) throw new Problem('edge_lied', { got: strayed.opening.workId, expected: workId })
  const told = openings.filter(({ opening }) => opening.version === version)
  if (told.length === 0) return []
  const expected = await readExpected(market, { workId, version })
  const held = await Promise.all(
    // Signatures first: whatever does not hold by itself costs the chain no question.
    told.map(proof => holds(openingSigner(proof).then(() => requireHeld(market, proof, expected)))),
  )
  return told.filter((_, index) => held[index])
}
