/** A market of any size, written straight into a database file: as the indexer would leave it, skewed as real ones are. */
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { type Chance, chance, wordOf } from './people.ts'

const VOCABULARY = 200_000
const TAGS = 5_000
const BASES = 200
const DAY = 86_400
const LANGUAGES = 'en en en en en en en de es fr pt ja zh it pl ru ko nl tr sv-SE en-GB pt-BR'.split(' ')
const LICENCES = ['CC-BY-4.0', 'CC-BY-4.0', 'CC0-1.0', 'MIT', 'CC-BY-NC-4.0', 'Apache-2.0', 'Proprietary']
const PRICES = [0, 1, 1, 2, 3, 5, 5, 5, 8, 10, 10, 15, 20, 25, 50, 100, 250]

export type Market = { works: number; nowSeconds: number; workIds: string[]; holder: string }

const insertInto = (db: DatabaseSync, table: string, columns: string): StatementSync =>
  db.prepare(
    `INSERT INTO ${table} (${columns}) VALUES (${columns
      .split(',')
      .map(() => '?')
      .join(',')})`,
  )

const TERMS =
  'edition_cap, price_atomic, resale_royalty_bps, usage_royalty_bps, max_turn_fee_atomic, max_input_atomic, max_output_atomic'
const statementsFor = (db: DatabaseSync) => ({
  work: insertInto(
    db,
    'works',
    `seq, work_id, creator, kind, disclosure, admission, ${TERMS}, created_at, latest_version, content_hash, minted, sales, last_price_atomic, collected_atomic, royalties_atomic`,
  ),
  version: insertInto(db, 'versions', 'work_id, version, content_hash, published_at'),
  admission: insertInto(db, 'admissions', 'work_id, operator, admitted, effective_at, accepted_at'),
  parent: insertInto(db, 'parents', 'work_id, parent_id, share_bps, confirmed'),
  text: insertInto(
    db,
    'texts',
    'seq, content_hash, version, title, summary, tags, language, licence, base_model_name, base_model_sha256, has_adapter',
  ),
  trade: insertInto(
    db,
    'trades',
    'seq, kind, work_id, seller, recipient, quantity, cost_atomic, royalty_atomic, fee_atomic, at, tx',
  ),
  holding: db.prepare(
    `INSERT INTO holdings (holder, work_id, editions, opened_copies) VALUES (?, ?, 1, 0)
     ON CONFLICT DO UPDATE SET editions = editions + 1`,
  ),
  collection: insertInto(
    db,
    'collections',
    'seq, work_id, operator, amount_atomic, creator_atomic, parents_atomic, operator_atomic, protocol_atomic, at, tx',
  ),
  listing: insertInto(
    db,
    'listings',
    'digest, seller, work_id, quantity, price_atomic, min_proceeds_atomic, max_fee_bps, nonce, counter, filled_order, expires_at, signature, posted_at',
  ),
})
type Statements = ReturnType<typeof statementsFor>

/** A block's first place on the chain. */
const seqOf = (block: number): number => block * 2 ** 20

/** Purchases of one work: most have none, a few have thousands. */
const salesOf = ({ unit }: Chance): number =>
  unit() < 0.6 ? 0 : Math.min(5_000, Math.floor(0.6 * (1 - unit()) ** -0.9))

export function generateMarket(db: DatabaseSync, works: number, nowSeconds: number): Market {
  const dice = chance(20_261_127)
  const write = statementsFor(db)
  const people = Array.from({ length: Math.max(100, Math.floor(works / 5)) }, () => `0x${dice.hex(40)}`)
  const operators = Array.from({ length: 50 }, () => `0x${dice.hex(40)}`)
  const bases = Array.from({ length: BASES }, (_, at) => ({
    name: `${wordOf(at)}-${(at % 9) + 1}b`,
    sha: dice.hex(64),
  }))
  const workIds: string[] = []
  const someone = () => people[dice.below(people.length)] ?? ''
  const started = nowSeconds - 900 * DAY
  db.exec('BEGIN')
  for (let at = 0; at < works; at++) {
    const block = 1 + at * 10
    const createdAt = started + Math.floor((at / works) * 899 * DAY)
    const workId = BigInt(`0x${dice.hex(64)}`).toString()
    const hash = dice.hex(64)
    const creator = people[dice.rank(people.length)] ?? ''
    const kind = dice.unit() < 0.3 ? 'prompt' : 'chatbot'
    const price =
      (PRICES[dice.below(PRICES.length)] ?? 0) * 1_000_000 - (dice.unit() < 0.3 ? dice.below(900_000) : 0)
    const known = {
      seq: seqOf(block),
      workId,
      creator,
      hash,
      kind,
      createdAt,
      priceAtomic: Math.max(0, price),
    }
    workIds.push(workId)
    const sales = salesOf(dice)
    const collected = dice.unit() < 0.15 ? Math.floor(10_000 * (1 - dice.unit()) ** -1.2) : 0
    writeWork(write, dice, known, { sales, collected })
    writeText(write, dice, known, bases[dice.rank(BASES)] ?? { name: '', sha: '' })
    write.admission.run(workId, operators[dice.rank(50)] ?? '', 1, createdAt, null)
    if (at > 100 && dice.unit() < 0.1)
      write.parent.run(workId, workIds[dice.below(at)] ?? '', dice.between(100, 2_000), dice.below(2))
    writeTrades(write, dice, known, { sales, someone, nowSeconds })
    if (collected > 0)
      writeCollection(write, dice, known, { collected, operator: operators[dice.rank(50)] ?? '' })
    if (dice.unit() < 0.06) writeListings(write, dice, known, { someone, nowSeconds })
  }
  const holder = `0x${'ab'.repeat(20)}`
  for (let at = 0; at < Math.min(works, 2_000); at++)
    write.holding.run(holder, workIds[Math.floor((at * works) / 2_000)] ?? '')
  db.exec('COMMIT')
  return { works, nowSeconds, workIds, holder }
}

type Known = {
  seq: number
  workId: string
  creator: string
  hash: string
  kind: string
  createdAt: number
  priceAtomic: number
}

function writeWork(
  write: Statements,
  dice: Chance,
  known: Known,
  { sales, collected }: { sales: number; collected: number },
): void {
  const { seq, workId, creator, hash, kind, createdAt, priceAtomic } = known
  const version = dice.unit() < 0.15 ? 2 : 1
  const terms = [10 ** dice.between(1, 5), priceAtomic, 1_000, 2_500, 2_000, 500_000, 2_000_000]
  write.work.run(
    ...[
      seq,
      workId,
      creator,
      kind,
      dice.unit() < 0.75 ? 'sealed' : 'openable',
      dice.unit() < 0.9 ? 'listed' : 'bonded',
    ],
    ...terms,
    ...[createdAt, version, hash, sales, sales, sales > 0 ? String(priceAtomic) : null],
    ...[String(collected), String(Math.floor(collected / 4))],
  )
  if (version === 2) write.version.run(workId, 1, dice.hex(64), createdAt)
  write.version.run(workId, version, hash, createdAt)
}

const sentence = (dice: Chance, words: number): string => {
  const text = Array.from({ length: words }, () => wordOf(dice.rank(VOCABULARY))).join(' ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

function writeText(
  write: Statements,
  dice: Chance,
  { seq, hash }: Known,
  base: { name: string; sha: string },
): void {
  const tags = new Set(Array.from({ length: dice.between(0, 6) }, () => `${wordOf(dice.rank(TAGS))}-tag`))
  write.text.run(
    ...[seq, hash, 1, sentence(dice, dice.between(2, 6)), `${sentence(dice, dice.between(8, 36))}.`],
    ...[JSON.stringify([...tags]), LANGUAGES[dice.below(LANGUAGES.length)] ?? 'en'],
    ...[LICENCES[dice.below(LICENCES.length)] ?? '', base.name, base.sha, dice.unit() < 0.2 ? 1 : 0],
  )
}

function writeTrades(
  write: Statements,
  dice: Chance,
  { seq, workId, creator, createdAt, priceAtomic }: Known,
  { sales, someone, nowSeconds }: { sales: number; someone: () => string; nowSeconds: number },
): void {
  for (let sale = 0; sale < sales; sale++) {
    const kind = dice.unit() < 0.8 ? 'mint' : 'sale'
    const cost = kind === 'mint' ? priceAtomic : Math.floor(priceAtomic * (0.5 + dice.unit()))
    const at = createdAt + Math.floor(((nowSeconds - createdAt) * (sale + 1)) / (sales + 1))
    const buyer = someone()
    write.trade.run(
      seq + 1 + sale,
      kind,
      workId,
      kind === 'mint' ? creator : someone(),
      buyer,
      1,
      String(cost),
      '0',
      '0',
      at,
      `0x${dice.hex(64)}`,
    )
    write.holding.run(buyer, workId)
  }
}

function writeCollection(
  write: Statements,
  dice: Chance,
  { seq, workId, createdAt }: Known,
  { collected, operator }: { collected: number; operator: string },
): void {
  const share = (part: number) => String(Math.floor(collected * part))
  write.collection.run(
    seq + 900_000,
    workId,
    operator,
    String(collected),
    share(0.25),
    '0',
    share(0.7),
    share(0.05),
    createdAt + DAY,
    `0x${dice.hex(64)}`,
  )
}

function writeListings(
  write: Statements,
  dice: Chance,
  { workId, priceAtomic }: Known,
  { someone, nowSeconds }: { someone: () => string; nowSeconds: number },
): void {
  for (let count = dice.between(1, 3); count > 0; count--) {
    const seller = someone()
    write.holding.run(seller, workId)
    write.listing.run(
      ...[
        `0x${dice.hex(64)}`,
        seller,
        workId,
        1,
        priceAtomic + dice.below(5_000_000),
        0,
        500,
        dice.hex(16),
        '0',
      ],
      ...[`0x${dice.hex(64)}`, nowSeconds + 20 * DAY, `0x${dice.hex(130)}`, nowSeconds - DAY],
    )
  }
}
