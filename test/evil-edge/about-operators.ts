/** Lies about who may answer: keys, places, prices, bonds, advice, and proofs that a work was opened. */
import assert from 'node:assert/strict'
import { findOpenings } from '@grimoire/client/check-opening'
import { findOperators } from '@grimoire/client/find-operators'
import { readQuote } from '@grimoire/client/read-quote'
import type { OperatorRow } from '@grimoire/schema/catalogue'
import type { MatchRow } from '@grimoire/schema/directory'
import type { Hex } from '@grimoire/schema/hex'
import { scoreOf } from '@grimoire/schema/match'
import type { SignedOpening } from '@grimoire/schema/opening'
import type { Ground } from './ground.ts'
import { caught, harmless, type Lie, named, says } from './lie.ts'

type Directory = { operators: OperatorRow[]; nextCursor: string | null }
type Openings = { openings: SignedOpening[] }
type Change = (row: OperatorRow) => Partial<OperatorRow>

const NOWHERE: Hex = '0x00000000000000000000000000000000000000ee'
const FREE = { turnFeeAtomic: '0', inputPerMillionBytesAtomic: '0', outputPerMillionBytesAtomic: '0' }
const BEST = { price: 1, warmth: 1, health: 1, bond: 1 }

const directory = (change: (rows: OperatorRow[]) => OperatorRow[]) =>
  says<Directory>('/v1/operators', page => ({ ...page, operators: change(page.operators) }))
const everyone = (change: Change) => directory(rows => rows.map(row => ({ ...row, ...change(row) })))

function ofRows({ works, serving, leaving, rogue, world }: Ground): Lie[] {
  const { workId } = works.tower
  const find = (market: Ground['market']) => findOperators(market, { workId })
  const theOne = (found: Awaited<ReturnType<typeof find>>) => {
    assert.deepEqual(
      found.map(({ operator }) => operator.toLowerCase()),
      [serving.operator.toLowerCase()],
    )
    return found[0]
  }
  return [
    caught(
      'a foreign session key',
      everyone(() => ({ sessionKey: `0x${'99'.repeat(32)}` })),
      find,
      'edge_lied',
    ),
    caught(
      'another operator’s session key',
      everyone(() => ({ sessionKey: rogue.sessionKey })),
      find,
      'edge_lied',
    ),
    caught(
      'an operator that never registered',
      everyone(() => ({ operator: NOWHERE })),
      find,
      'edge_lied',
    ),
    harmless({
      name: 'a foreign payment key',
      tells: everyone(() => ({ paymentKey: rogue.payment.address })),
      async does(market) {
        const [record] = await find(market)
        return { record, quote: await readQuote(market, { workId, operator: serving.operator }) }
      },
      check({ record, quote }) {
        assert.ok(record && record.paymentKey !== rogue.payment.address)
        assert.equal(quote.paymentKey, record.paymentKey)
      },
    }),
    harmless({
      name: 'the operator at another endpoint',
      tells: everyone(() => ({ endpoint: 'http://127.0.0.1:9' })),
      does: find,
      check: found => assert.equal(theOne(found)?.endpoint, serving.node.url),
    }),
    harmless({
      name: 'answers for nothing',
      tells: everyone(() => ({ prices: FREE })),
      does: find,
      check: found => assert.notDeepEqual(theOne(found)?.prices, FREE),
    }),
    harmless({
      name: 'an operator that is unbonding as active',
      tells: directory(rows =>
        rows.map(row => ({ ...row, active: true, freeAtSeconds: null, bondAtomic: '999999999999' })),
      ),
      does: market => findOperators(market),
      check(found) {
        const gone = found.find(({ operator }) => operator.toLowerCase() === leaving.operator.toLowerCase())
        assert.deepEqual([gone?.active, gone?.bondAtomic], [false, 100_000_000n])
      },
    }),
    harmless({
      name: 'a foreign operator as the best match',
      tells: says<{ operators: MatchRow[] }>(`/v1/works/${workId}/match`, answer => ({
        ...answer,
        operators: [
          {
            operator: rogue.operator,
            endpoint: 'http://127.0.0.1:9',
            score: scoreOf(BEST),
            parts: BEST,
            newcomer: false,
          },
        ],
      })),
      does: find,
      check: theOne,
    }),
    named({
      name: 'an operator left out',
      tells: directory(rows =>
        rows.filter(row => row.operator.toLowerCase() !== serving.operator.toLowerCase()),
      ),
      // The same client finds it on the chain, where it does without this edge.
      does: async market => ({
        told: await find(market),
        known: await find({ ...world.market, edgeUrl: null }),
      }),
      check({ told, known }) {
        assert.deepEqual(told, [])
        theOne(known)
      },
      line: 'something is left out',
    }),
  ]
}

function ofProofs({ works, rogue }: Ground): Lie[] {
  const { workId } = works.tower
  const openings = (change: (proof: SignedOpening) => SignedOpening) =>
    says<Openings>(`/v1/works/${workId}/openings`, page => ({ openings: page.openings.map(change) }))
  const find = (market: Ground['market']) => findOpenings(market, { workId, version: 2 })
  const none = (found: SignedOpening[]) => assert.deepEqual(found, [])
  const altered = (change: Partial<SignedOpening['opening']>) =>
    openings(proof => ({ ...proof, opening: { ...proof.opening, ...change } }))
  const dearer = ({ samples, ...proof }: SignedOpening): SignedOpening => ({
    ...proof,
    samples: samples.map(sample => ({ ...sample, receipt: { ...sample.receipt, chargedAtomic: '1' } })),
  })
  return [
    harmless({
      name: 'a proof of opening by another operator',
      tells: altered({ operator: rogue.operator }),
      does: find,
      check: none,
    }),
    harmless({
      name: 'a proof of opening at another time',
      tells: altered({ openedAtSeconds: 1 }),
      does: find,
      check: none,
    }),
    harmless({ name: 'a forged receipt', tells: openings(dearer), does: find, check: none }),
    harmless({
      name: 'an answer that the receipt was not for',
      tells: openings(proof => ({
        ...proof,
        samples: proof.samples.map(sample => ({ ...sample, output: 'Buy this.' })),
      })),
      does: find,
      check: none,
    }),
    caught('a proof of another work', altered({ workId: works.other.workId }), find, 'edge_lied'),
    named({
      name: 'a proof of opening left out',
      tells: says<Openings>(`/v1/works/${workId}/openings`, () => ({ openings: [] })),
      does: find,
      check: none,
      line: 'something is left out',
    }),
  ]
}

export const liesAboutOperators = (ground: Ground): Lie[] => [...ofRows(ground), ...ofProofs(ground)]
