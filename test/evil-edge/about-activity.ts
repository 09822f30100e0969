/** Lies about what happened: sales that never were, other prices, people and blocks, another's orders as one's own. */
import assert from 'node:assert/strict'
import { holderActivity, workActivity } from '@grimoire/client/activity'
import { findOwnOrders } from '@grimoire/client/own-orders'
import type { ActivityPage, ActivityRow, OwnOrders } from '@grimoire/schema/activity'
import type { Ground } from './ground.ts'
import { caught, harmless, type Lie, named, says } from './lie.ts'

const ROUTE = /\/activity$/

const rows = (kind: ActivityRow['kind'], change: (row: ActivityRow) => Partial<ActivityRow>) =>
  says<ActivityPage>(ROUTE, page => ({
    ...page,
    activity: page.activity.map(row => (row.kind === kind ? { ...row, ...change(row) } : row)),
  }))

const ownOrders = (change: (orders: OwnOrders) => OwnOrders) => says<OwnOrders>(/\/orders$/, change)

function ofOwnOrders({ holder, stranger }: Ground): Lie[] {
  const own = (market: Ground['market']) => findOwnOrders(market, { maker: stranger.account.address })
  return [
    caught(
      'orders of somebody else as one’s own',
      ownOrders(({ listings, offers }) => ({
        listings,
        offers: offers.map(row => ({ ...row, offer: { ...row.offer, buyer: holder.account.address } })),
      })),
      own,
      'edge_lied',
    ),
    harmless({
      name: 'that a standing offer was withdrawn',
      tells: ownOrders(({ listings, offers }) => ({
        listings,
        offers: offers.map(row => ({ ...row, fate: 'withdrawn' })),
      })),
      does: own,
      check: ({ offers }) =>
        assert.deepEqual(
          offers.map(({ fate }) => fate),
          ['standing'],
        ),
    }),
  ]
}

export function liesAboutActivity(ground: Ground): Lie[] {
  const { holder, stranger } = ground
  const { workId } = ground.works.tower
  const happened = (market: Ground['market']) => workActivity(market, { workId })
  const lie = (name: string, tells: Lie['tells']) => caught(name, tells, happened, 'edge_lied')
  return [
    lie(
      'that an edition went for a hundredth of its price',
      rows('minted', () => ({ costAtomic: '50000', priceAtomic: '50000' })),
    ),
    lie(
      'that another bought it',
      rows('minted', () => ({ to: stranger.account.address })),
    ),
    lie(
      'that a purchase was a gift',
      rows('minted', row => ({ kind: 'given', from: holder.account.address, to: row.to })),
    ),
    lie(
      'that it was sold in a transaction that sold nothing',
      rows('minted', () => ({ transaction: `0x${'00'.repeat(31)}01` as const })),
    ),
    lie(
      'that another made the work',
      rows('made', () => ({ from: stranger.account.address })),
    ),
    lie(
      'that there is a version that was never published',
      rows('published', () => ({ version: 9 })),
    ),
    caught(
      'deeds of others as those of a holder',
      rows('minted', () => ({ to: stranger.account.address })),
      market => holderActivity(market, { holder: holder.account.address }),
      'edge_lied',
    ),
    named({
      name: 'that nothing ever happened',
      tells: says<ActivityPage>(ROUTE, () => ({ activity: [], nextCursor: null })),
      does: happened,
      check: ({ activity }) => assert.deepEqual(activity, []),
      line: 'a line of what happened',
    }),
    ...ofOwnOrders(ground),
  ]
}
