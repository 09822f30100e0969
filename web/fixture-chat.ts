/** Conversations as long as a test or a benchmark wants them, in the page's own vault and under its own key. */
import type { Page } from 'playwright-core'

const script = (exchanges: number): string => `(async () => {
  const settled = request => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  const database = await settled(indexedDB.open('grimoire', 1))
  const texts = mode => database.transaction('texts', mode).objectStore('texts')
  const key = await settled(database.transaction('keys').objectStore('keys').get('texts'))
  const name = (await settled(texts('readonly').getAllKeys())).find(one => String(one).includes(':chat:'))
  const { iv, bytes } = await settled(texts('readonly').get(name))
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes)
  const conversation = JSON.parse(new TextDecoder().decode(plain))
  const [first] = conversation.exchanges
  const words = 'The harbor lies *east* of the tower; **twelve** ships lie in it, and each pays its fee by the mast. '
  conversation.exchanges = Array.from({ length: ${exchanges} }, (_, index) => ({
    ...first,
    question: 'Question ' + (index + 1) + ': ' + first.question,
    answers: first.answers.map(one => ({ ...one, text: words.repeat(1 + index % 5) + '\\n\\n- one\\n- two\\n\\n' + one.text })),
  }))
  const next = crypto.getRandomValues(new Uint8Array(12))
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: next }, key, new TextEncoder().encode(JSON.stringify(conversation)))
  await settled(texts('readwrite').put({ iv: next, bytes: sealed }, name))
})()`

/** The conversation that is kept becomes one of so many exchanges, each with the receipt of its first; it is shown after a reload. */
export async function lengthen(page: Page, exchanges: number): Promise<void> {
  await page.evaluate(script(exchanges))
  await page.reload({ waitUntil: 'commit' })
  await page.getByText(`Question ${exchanges}:`, { exact: false }).first().waitFor()
}
