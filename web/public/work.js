/** One work in full: its words, its terms in plain sentences, who offers it, who bought it, what it is made of. */
import { cover } from './cover.js'
import { bytes, date, el, facts, hash, money, number, percent, short, table, words } from './dom.js'
import { ask, marks, titleOf, workLink } from './edge.js'

const reading = { sealed: 'sealed: nodes only', openable: 'openable by its holder' }

const saleParts = terms =>
  `Of a resale the creator gets ${percent(terms.resaleRoyaltyBps)}, of each answer ${percent(terms.usageRoyaltyBps)}.`

function sideOf(work) {
  const { terms } = work
  return el(
    'aside',
    { class: 'side', 'aria-label': 'Terms' },
    cover(work.workId),
    facts([
      ['Price', el('strong', {}, money(terms.priceAtomic))],
      ['Editions', `${number(work.minted)} of ${number(terms.editionCap)} sold`],
      work.floorPriceAtomic && ['Resale from', money(work.floorPriceAtomic)],
      work.lastPriceAtomic && ['Last paid', money(work.lastPriceAtomic)],
      ['Kind', terms.kind],
      ['Reading', reading[terms.disclosure]],
      ['Served by', terms.admission === 'listed' ? 'nodes the creator lists' : 'anyone who bonds and buys'],
      ['Answers paid', money(work.collectedAtomic)],
      ['Turn, at most', money(terms.maxTurnFeeAtomic)],
      work.licence && ['Licence', words(work.licence)],
      work.baseModelName && ['Base model', words(work.baseModelName)],
      ['Created', date(work.createdAtSeconds)],
    ]),
  )
}

function copyable(text) {
  const button = el('button', { class: 'plain', type: 'button' }, 'Copy')
  button.addEventListener('click', async () => {
    const done = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
    button.textContent = done ? 'Copied' : 'Select and copy it'
  })
  return el('div', { class: 'model' }, el('code', {}, text), button)
}

const listingsTable = listings =>
  listings.length
    ? table(
        'Resale listings',
        ['Seller', 'Editions left', 'Each', 'Ends'],
        listings.map(({ listing, leftQuantity }) => [
          hash(listing.seller),
          number(leftQuantity),
          money(listing.priceAtomic),
          date(listing.expiresAtSeconds),
        ]),
      )
    : el('p', { class: 'count' }, 'No holder offers one now.')

const TRADE_WORDS = { mint: 'first sale', sale: 'resale', offer: 'accepted offer' }

const tradesTable = trades =>
  trades.length
    ? table(
        'Purchases',
        ['When', 'What', 'Editions', 'Price', 'Buyer'],
        trades.map(trade => [
          date(trade.atSeconds),
          TRADE_WORDS[trade.kind] ?? trade.kind,
          number(trade.quantity),
          money(trade.costAtomic),
          hash(trade.recipient),
        ]),
      )
    : el('p', { class: 'count' }, 'Nobody has bought one yet.')

export async function workView(workId, signal) {
  const [work, { listings }, { trades }] = await Promise.all([
    ask(`v1/works/${encodeURIComponent(workId)}`, signal),
    ask(`v1/listings?workId=${encodeURIComponent(workId)}`, signal),
    ask(`v1/trades?workId=${encodeURIComponent(workId)}&limit=10`, signal),
  ])
  const parts = work.manifest?.parts ?? []
  document.title = `${titleOf(work)} · Grimoire`
  const body = el(
    'div',
    {},
    el(
      'p',
      { class: 'summary' },
      words(work.summary ?? 'Its public description has not reached this edge yet.'),
    ),
    marks(...work.tags),
    el('h2', {}, 'Use it'),
    el('p', {}, 'The model name for any OpenAI client, through a gateway of yours that holds the grant:'),
    copyable(work.model),
    el('h2', {}, 'Who gets what'),
    el('p', {}, saleParts(work.terms)),
    el('h2', {}, 'Resale'),
    listingsTable(listings),
    el('h2', {}, 'Purchases'),
    tradesTable(trades),
    parts.length ? el('h2', {}, 'Sealed parts') : null,
    parts.length
      ? table(
          'Sealed parts',
          ['Part', 'Role', 'Size', 'sha256'],
          parts.map(part => [words(part.name), part.role, bytes(part.sizeBytes), hash(part.sha256)]),
        )
      : null,
    work.parents.length ? el('h2', {}, 'Derived from') : null,
    el(
      'ul',
      {},
      ...work.parents.map(parent =>
        el(
          'li',
          {},
          el('a', { href: workLink(parent.workId) }, short(parent.workId)),
          ` ${percent(parent.shareBps)}, ${parent.confirmed ? 'confirmed' : 'claimed'}`,
        ),
      ),
    ),
    el('h2', {}, 'Versions'),
    table(
      'Versions',
      ['Version', 'Manifest sha256'],
      work.versions.map(({ version, contentHash }) => [String(version), hash(contentHash)]),
    ),
  )
  const header = el(
    'header',
    {},
    el('a', { href: '#/' }, '← All works'),
    el('h1', {}, words(titleOf(work))),
    el('span', { class: 'by' }, 'by ', el('span', { class: 'hash' }, work.creator)),
  )
  return [el('article', { class: 'work' }, header, body, sideOf(work))]
}
