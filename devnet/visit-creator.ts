/** A creator's first work: a prompt of one's own, sealed here, minted, and read back through the key nodes. */
import { owedTo } from '@grimoire/client/credits'
import { readOpened } from '@grimoire/client/open-copy'
import { publishWork } from '@grimoire/client/publish-work'
import { formatMoney, parseMoney } from '@grimoire/schema/amounts'
import { MEDIA_TYPES } from '@grimoire/schema/manifest'
import { nodeHealth } from '@grimoire/schema/node'
import { people } from './accounts.ts'
import { seedNamed, seedTerms } from './seeds.ts'
import type { Visit } from './visit.ts'

const EXAMPLE = 'Write a slogan for {{product}} in a luxury tone.'

const sourceOf = (text: string) =>
  `---\ninput:\n  schema:\n    product: string\n  default:\n    product: honey\n---\n${text}`

export async function visitCreator({ market, nodeUrl, walletOf, say }: Visit, text: string): Promise<void> {
  const wallet = walletOf(people.ada)
  const health = nodeHealth.parse(await (await fetch(`${nodeUrl}/health`)).json())
  const bytes = new TextEncoder().encode(sourceOf(text || EXAMPLE))
  say(`Ada seals a prompt: ${text || EXAMPLE}`)
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
  const { owedAtomic } = await owedTo(market, { account: people.ada.address })
  say(`  the ledger owes Ada $${formatMoney(owedAtomic)}`)
  say('It is on the page now. Sell it, or visit as a holder.')
}
