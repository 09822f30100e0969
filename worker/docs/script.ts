/** What the docs page does beyond being read: it finds routes by any word on them. Without it the page is whole, only longer. */

export const SCRIPT = `
const search = document.querySelector('#search')
const form = search.form
const found = document.querySelector('#found')
const articles = [...document.querySelectorAll('article')].map(element => ({
  element,
  link: document.querySelector('nav a[href="#' + element.id + '"]').parentElement,
  words: element.textContent.toLowerCase(),
}))
const groups = [...document.querySelectorAll('main > section, nav > div')]

function show() {
  const wanted = search.value.toLowerCase().split(/\\s+/).filter(Boolean)
  let shown = 0
  for (const { element, link, words } of articles) {
    const fits = wanted.every(word => words.includes(word))
    element.hidden = link.hidden = !fits
    if (fits) shown++
  }
  for (const group of groups) group.hidden = group.querySelector(':scope > article:not([hidden]), :scope > ol > li:not([hidden])') === null
  found.textContent = wanted.length === 0 ? '' : shown === 1 ? '1 route' : shown + ' routes'
  const address = new URL(location.href)
  if (wanted.length > 0) address.searchParams.set('q', search.value)
  else address.searchParams.delete('q')
  history.replaceState(null, '', address)
}

form.hidden = false
search.value = new URL(location.href).searchParams.get('q') ?? ''
if (search.value) show()
search.addEventListener('input', show)
form.addEventListener('submit', event => event.preventDefault())
document.addEventListener('keydown', event => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target === search) return
  event.preventDefault()
  search.focus()
})
for (const place of document.querySelectorAll('.edge')) place.textContent = location.origin
`
