/** A creator's first work: a prompt of one's own, tried first, sealed here, minted, read back, and proven to open. */
import { owedTo } from '@grimoire/client/credits'
import { readOpened } from '@grimoire/client/open-copy'
import { proveOpening } from '@grimoire/client/prove-opening'
import { publishWork } from '@grimoire/client/publish-work'
import { openDraft } from '@grimoire/client/run-draft'
import { formatMoney, parseMoney } from '@grimoire/schema/amounts'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import { nodeHealth } from '@grimoire/schema/node'
import { people } from './accounts.ts'
import { seedNamed, seedTerms } from './seeds.ts'
import type { Visit } from './visit.ts'

const EXAMPLE = 'Write a slogan for {{product}} in a luxury tone.'

const ASK = { temperature: 0, max_tokens: 48, grimoire: { input: { product: 'honey' } } }

const sourceOf = (text: string) =>
  `---\ninput:\n  schema:\n    product: string\n  default:\n    product: honey\n---\n${text}`

export async function visitCreator({ market, nodeUrl, walletOf, say }: Visit, text: string): Promise<void> {
  const wallet = walletOf(people.ada)
  const health = nodeHealth.parse(await (await fetch(`${nodeUrl}/health`)).json())
  const card = sourceOf(text || EXAMPLE)
  const bytes = new TextEncoder().encode(card)
  say(`Ada tries a prompt on Olga's machine before it is minted: ${text || EXAMPLE}`)
  const draft = await openDraft(market, { wallet, nodeUrl, kind: 'prompt', card })
  const tried = await draft.ask([{ role: 'user', content: '' }], ASK).result
  await draft.close()
  say(`  it answers: ${tried.text.trim()}`)
  say(`  free, signed by the machine, ${tried.turnsLeftToday} turns left today; wiped there by now`)
  say('Ada seals it')
  const published = await publishWork(market, {
    wallet,
    words: {
      title: 'A prompt of my own',
      summary: 'Made by npm run visit -- creator.',
      tags: ['writing'],
      language: 'en',
      licence: 'CC-BY-4.0',
      base: { name: health.base.name, sha256: health.base.sha256 },
    },
    terms: { ...seedTerms(seedNamed('slogan-smith')), priceAtomic: String(parseMoney('1')) },
    parts: [{ role: 'card', name: 'mine.prompt', mediaType: MEDIA_TYPES.promptCard, bytes }],
    admitted: [people.olga.address],
  })
  say(`  minted as work ${published.workId}`)
  say(
    `  ${published.sealedBytes} sealed bytes at the edge, ${published.transaction.gasUsed} gas, $1.00 an edition`,
  )
  const opened = await readOpened(market, { wallet, workId: published.workId })
  say(`  read back through the key nodes: ${opened.text.split('\n').at(-1)}`)
  const { samples } = await proveOpening(market, {
    ...{ wallet, nodeUrl, workId: published.workId, operator: people.olga.address },
    ...{ maxDepositAtomic: parseMoney('0.2'), maxTurnAtomic: parseMoney('0.05') },
    questions: [{ messages: [{ role: 'user', content: '' }], options: ASK }],
  })
  const [sample] = samples
  say(
    `  Olga's machine signs that it opens it, for a paid question ($${formatMoney(BigInt(sample?.receipt.chargedAtomic ?? 0))})`,
  )
  const { owedAtomic } = await owedTo(market, { account: people.ada.address })
  say(`  the ledger owes Ada $${formatMoney(owedAtomic)}`)
  say('It is on the page now. Sell it, or visit as a holder.')
}
