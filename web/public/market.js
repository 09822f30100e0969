/** The three views of the plain page. Each answers with a node; whatever fails says so, with a way to try again. */
import { cover } from './cover.js'
import { el, hash, money, number, percent, state, table, words } from './dom.js'
import { ask, marks, titleOf, workLink } from './edge.js'
import { workView } from './work.js'

const main = document.getElementById('main')
const PAGE = 24
const TYPING_MS = 180

function card(work) {
  const { terms } = work
  const left = terms.editionCap - work.minted
  return el(
    'li',
    {},
    el(
      'article',
      { class: 'card' },
      cover(work.workId),
      el(
        'div',
        { class: 'body' },
        el('h2', {}, el('a', { href: workLink(work.workId) }, words(titleOf(work)))),
        el('span', { class: 'by' }, 'by ', hash(work.creator)),
        el('p', {}, words(work.summary ?? 'Its public description has not reached this edge yet.')),
        marks(
          terms.kind,
          terms.disclosure,
          work.hasAdapter ? 'adapter' : null,
          `${percent(terms.usageRoyaltyBps)} per answer`,
        ),
        el(
          'div',
          { class: 'price' },
          el('strong', {}, money(terms.priceAtomic)),
          el(
            'span',
            {},
            left > 0 ? `${number(left)} of ${number(terms.editionCap)} left` : 'sold out',
            listedFor(work),
          ),
        ),
      ),
    ),
  )
}

const listedFor = work =>
  work.liveListings ? ` · ${number(work.liveListings)} resale from ${money(work.floorPriceAtomic)}` : ''

const counted = (shown, more, searched) =>
  `${more ? 'The first ' : ''}${number(shown)} work${shown === 1 ? '' : 's'}${searched ? ', the newest first' : ''}`

/** The list. What was asked for stands in the address, so that it can be sent to someone. */
function showWorks(query, signal) {
  const results = el('div', { id: 'results' })
  const count = el('p', { class: 'count', role: 'status' })
  const list = el('ul', { class: 'works' })
  const load = async cursor => {
    const asked = new URLSearchParams({ ...query, limit: PAGE, ...(cursor ? { cursor } : {}) })
    const page = await ask(`v1/works?${asked}`, signal)
    list.append(...page.works.map(card))
    count.textContent = counted(list.children.length, page.nextCursor !== null, query.q)
    const more = page.nextCursor
      ? el(
          'button',
          { class: 'more', type: 'button', click: event => loadMore(event.target, page.nextCursor) },
          'Show more',
        )
      : null
    results.replaceChildren(
      ...(list.children.length ? [count, list, more] : [nothing(query)]).filter(Boolean),
    )
  }
  const loadMore = async (button, cursor) => {
    button.disabled = true
    const next = list.children.length
    await load(cursor).catch(error => button.replaceWith(failed(error, () => loadMore(button, cursor))))
    list.children[next]?.querySelector('a')?.focus()
  }
  const begin = () => {
    results.replaceChildren(waiting())
    load().catch(error => signal.aborted || results.replaceChildren(failed(error, begin)))
  }
  begin()
  return results
}

const waiting = () =>
  el(
    'ul',
    { class: 'works waiting', 'aria-label': 'Loading', 'aria-busy': 'true' },
    ...Array.from({ length: 6 }, () => el('li', {}, el('div', { class: 'card' }))),
  )

const failed = (error, again) => state('That did not work', error.message, { label: 'Try again', run: again })

const nothing = query =>
  Object.keys(query).some(name => name !== 'sort')
    ? state('Nothing matches', 'Search for fewer or shorter words, or choose every kind.')
    : state('No works yet', 'The first work that a creator mints appears here within a minute.')

function choice(label, name, options, chosen) {
  const select = el('select', { name }, ...options.map(([value, text]) => el('option', { value }, text)))
  select.value = chosen ?? ''
  return el('label', {}, el('span', { class: 'unseen' }, label), select)
}

function marketView(query, signal) {
  let results = showWorks(query, signal)
  const search = el('input', {
    type: 'search',
    name: 'q',
    placeholder: 'Search titles, summaries, tags',
    value: query.q ?? '',
    maxlength: '200',
    autocomplete: 'off',
  })
  const form = el(
    'form',
    { class: 'find', role: 'search', submit: event => event.preventDefault() },
    el('label', {}, el('span', { class: 'unseen' }, 'Search'), search),
    choice(
      'Kind',
      'kind',
      [
        ['', 'Every kind'],
        ['chatbot', 'Chatbots'],
        ['prompt', 'Prompts'],
      ],
      query.kind,
    ),
    choice(
      'Order',
      'sort',
      [
        ['', 'Newest'],
        ['price', 'Cheapest'],
        ['sales', 'Most sold'],
      ],
      query.sort,
    ),
  )
  let timer
  let under = new AbortController()
  const refresh = () => {
    const asked = Object.fromEntries([...new FormData(form)].filter(([, value]) => value.trim() !== ''))
    const text = new URLSearchParams(asked).toString()
    history.replaceState(null, '', text ? `#/?${text}` : '#/')
    under.abort()
    under = new AbortController()
    const next = showWorks(asked, AbortSignal.any([signal, under.signal]))
    results.replaceWith(next)
    results = next
  }
  form.addEventListener('input', event => {
    clearTimeout(timer)
    timer = setTimeout(refresh, event.target === search ? TYPING_MS : 0)
  })
  return [
    el('h1', { class: 'intro' }, 'Prompts and chatbots, sealed'),
    el(
      'p',
      { class: 'lead' },
      'Each is sold in editions, opened only by nodes that its creator admits, and pays its creator for every answer.',
    ),
    form,
    results,
  ]
}

async function operatorsView(_, signal) {
  const { operators } = await ask('v1/operators', signal)
  document.title = 'Operators · Grimoire'
  const perMillion = atomic => `${money(atomic)} / MB`
  const rows = operators.map(row => [
    hash(row.operator),
    words(row.endpoint.slice(0, 80)),
    row.active ? 'active' : row.freeAtSeconds ? 'leaving' : 'bond too small',
    money(row.bondAtomic),
    money(row.prices.turnFeeAtomic),
    perMillion(row.prices.inputPerMillionBytesAtomic),
    perMillion(row.prices.outputPerMillionBytesAtomic),
  ])
  return [
    el('h1', { class: 'intro' }, 'Operators'),
    el(
      'p',
      { class: 'lead' },
      'Who runs inference nodes, with what bond, at which prices. A node that serves a work can copy it: a creator admits whom they trust.',
    ),
    rows.length
      ? table('Operators', ['Operator', 'Endpoint', 'State', 'Bond', 'A turn', 'Text in', 'Text out'], rows)
      : state('No operators yet', 'A node that registers and bonds appears here within a minute.'),
  ]
}

let shown = new AbortController()

async function render() {
  shown.abort()
  shown = new AbortController()
  const { signal } = shown
  const [path, search = ''] = location.hash.replace(/^#/, '').split('?')
  const work = /^\/works\/(\d{1,78})$/.exec(path)
  const view = work
    ? () => workView(work[1], signal)
    : path === '/operators'
      ? () => operatorsView(null, signal)
      : null
  for (const link of document.querySelectorAll('nav a')) {
    const here = link.getAttribute('href') === (path === '/operators' ? '#/operators' : '#/') && !work
    if (here) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  }
  document.title = 'Grimoire'
  if (!view)
    return main.replaceChildren(...marketView(Object.fromEntries(new URLSearchParams(search)), signal))
  main.replaceChildren(waiting())
  try {
    const nodes = await view()
    if (signal.aborted) return
    main.replaceChildren(...nodes)
    main.focus({ preventScroll: true })
    scrollTo(0, 0)
  } catch (error) {
    if (!signal.aborted) main.replaceChildren(failed(error, render))
  }
}

async function showHealth() {
  const line = document.getElementById('health')
  try {
    const { status, indexedBlock, lagBlocks, reason } = await ask('v1/health')
    const behind = lagBlocks ? `, ${number(lagBlocks)} behind the chain` : ''
    line.textContent = `Indexed to block ${number(indexedBlock)}${behind}.${status === 'ok' ? '' : ` ${reason ?? ''}`}`
  } catch (error) {
    line.textContent = error.message
  }
}

document.querySelector('[data-skip]').addEventListener('click', event => {
  event.preventDefault()
  main.focus()
})
addEventListener('hashchange', render)
render()
showHealth()
setInterval(() => document.hidden || showHealth(), 10_000)
