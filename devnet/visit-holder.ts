/** A holder's first chat: find a chatbot, buy an edition, grant the node, ask, and see what each answer cost. */
import { buyWork } from '@grimoire/client/buy-work'
import { openChat } from '@grimoire/client/chat'
import { findWorks } from '@grimoire/client/find-works'
import { grantNode } from '@grimoire/client/grant-node'
import { holds } from '@grimoire/client/ledger-work'
import { deriveSessionKey } from '@grimoire/client/session-key'
import { formatMoney, parseMoney } from '@grimoire/schema/amounts'
import { Problem } from '@grimoire/schema/problem'
import { people } from './accounts.ts'
import type { Visit } from './visit.ts'

const EXAMPLE = 'What is the price of bread?'

export async function visitHolder({ market, nodeUrl, walletOf, say }: Visit, text: string): Promise<void> {
  const wallet = walletOf(people.cleo)
  const holder = people.cleo.address
  const { works } = await findWorks(market, { query: 'baker', kind: 'chatbot' })
  const [work] = works
  if (!work)
    throw new Problem('work_unknown', { got: 'baker', expected: 'a seeded chatbot: npm start -- --fresh' })
  say(`Cleo finds ${work.title}, $${formatMoney(BigInt(work.terms.priceAtomic))} an edition`)
  if (!(await holds(market, { workId: work.workId, holder }))) {
    const { costAtomic, transaction } = await buyWork(market, {
      wallet,
      workId: work.workId,
      maxCostAtomic: parseMoney('20'),
    })
    say(`  bought for $${formatMoney(costAtomic)}: ${transaction.hash}`)
  }
  const choice = { workId: work.workId, operator: people.olga.address, nodeUrl, wallet }
  await grantNode(market, choice)
  // The same key each time: what is left of a deposit serves the next visit, and nothing has to be stored here.
  const sessionKey = await deriveSessionKey(market, { wallet, label: 'visit' })
  const caps = { maxDepositAtomic: parseMoney('5'), maxTurnAtomic: parseMoney('0.05') }
  const chat = await openChat(market, { ...choice, ...caps, sessionKey })
  say(`  asks: ${text || EXAMPLE}`)
  const answer = chat.ask([{ role: 'user', content: text || EXAMPLE }], { temperature: 0, max_tokens: 64 })
  process.stdout.write('  ')
  for await (const delta of answer) process.stdout.write(delta)
  const { chargedAtomic, receipt, timings } = await answer.result
  say(
    `\n  $${formatMoney(chargedAtomic)} for ${receipt.outputTokens} tokens, first token after ${Math.round(timings.firstTokenMs)} ms`,
  )
  const { leftAtomic } = await chat.state()
  await chat.close()
  say(`  $${formatMoney(leftAtomic)} is left in the channel for the next visit, with no wallet to ask`)
  say(`  the name of this work for any OpenAI client: ${chat.model}`)
}
