/** The path of Grimoire, once, on real parts: seal, list, buy, open, chat, pay, royalty, resell, and the seller shut out. */
import { buyListing } from '@grimoire/client/buy-listing'
import { buyWork } from '@grimoire/client/buy-work'
import { type Chat, openChat } from '@grimoire/client/chat'
import { confirmParent } from '@grimoire/client/confirm-parent'
import { findListings } from '@grimoire/client/find-listings'
import { findWorks } from '@grimoire/client/find-works'
import { grantNode } from '@grimoire/client/grant-node'
import { listEdition } from '@grimoire/client/list-edition'
import { openCopy } from '@grimoire/client/open-copy'
import { acceptWork } from '@grimoire/client/operator-accept-work'
import { withdrawCredit } from '@grimoire/client/withdraw-credit'
import { moneyAbi } from '@grimoire/contracts/generated/money'
import { worksAbi } from '@grimoire/contracts/generated/works'
import { splitterAddress } from '@grimoire/contracts/splitter'
import { parseMoney } from '@grimoire/schema/amounts'
import { isProblem } from '@grimoire/schema/problem'
import { type LocalAccount, parseEventLogs } from 'viem'
import { people } from './accounts.ts'
import type { Devnet } from './market.ts'
import { cardText, publishSeed, seedNamed } from './seeds.ts'
import type { createSteps } from './steps.ts'

const MAX_DEPOSIT_ATOMIC = parseMoney('5')
const MAX_TURN_ATOMIC = parseMoney('0.05')
const RESALE_PRICE_ATOMIC = parseMoney('20')
const PARENT_SHARE_BPS = 1_500

type Steps = ReturnType<typeof createSteps>
type Titled = { workId: string; manifest: { title: string } }
type Walked = { devnet: Devnet; steps: Steps }

/** Ada publishes a prompt, Bela a chatbot that names it as a parent. */
async function publish({ devnet, steps: { step } }: Walked) {
  const { market, walletOf, operator, base } = devnet
  const promptSeed = seedNamed('slogan-smith')
  const chatbotSeed = seedNamed('captain-flint')
  const admitted = [operator.address]
  const trace = ({
    transaction,
    sealedBytes,
  }: {
    transaction: { hash: `0x${string}`; gasUsed: bigint }
    sealedBytes: number
  }) => ({
    gasUsed: transaction.gasUsed,
    transaction: transaction.hash,
    note: `${sealedBytes} sealed bytes`,
  })
  const prompt = await step(
    'Ada',
    `seals and mints the prompt "${promptSeed.title}"`,
    () => publishSeed(market, { wallet: walletOf(people.ada), seed: promptSeed, base, admitted }),
    trace,
  )
  const parents = [{ workId: prompt.workId, shareBps: PARENT_SHARE_BPS }]
  const chatbot = await step(
    'Bela',
    `seals and mints the chatbot "${chatbotSeed.title}" with its adapter`,
    () => publishSeed(market, { wallet: walletOf(people.bela), seed: chatbotSeed, base, admitted, parents }),
    trace,
  )
  await step(
    'Ada',
    'confirms that the chatbot builds on her prompt',
    () =>
      confirmParent(market, {
        wallet: walletOf(people.ada),
        childId: chatbot.workId,
        parentId: prompt.workId,
      }),
    ({ gasUsed, hash }) => ({ gasUsed, transaction: hash }),
  )
  await step(
    'Olga',
    'undertakes to serve the chatbot, so that it does not count as stranded',
    () => acceptWork(market, { wallet: walletOf(operator), workId: chatbot.workId }),
    ({ gasUsed, hash }) => ({ gasUsed, transaction: hash }),
  )
  return { prompt, promptSeed, chatbot, chatbotSeed }
}

/** Cleo finds both by search and buys them; every word of the edge is checked against the chain. */
async function buy(
  { devnet: { market, walletOf }, steps: { step } }: Walked,
  query: string,
  works: Titled[],
) {
  const wallet = walletOf(people.cleo)
  const found = await step(
    'Cleo',
    `searches the market for "${query}"`,
    () => findWorks(market, { query }),
    ({ works }) => ({ note: works.map(work => work.title).join(', ') }),
  )
  const bought = []
  for (const {
    workId,
    manifest: { title },
  } of works) {
    bought.push(
      await step(
        'Cleo',
        `buys "${title}", by one signature`,
        () => buyWork(market, { wallet, workId, maxCostAtomic: parseMoney('15') }),
        ({ costAtomic, transaction }) => ({
          paidAtomic: costAtomic,
          gasUsed: transaction.gasUsed,
          transaction: transaction.hash,
        }),
      ),
    )
  }
  return { found, bought }
}

async function readPrompt({ devnet: { market, walletOf }, steps: { step } }: Walked, workId: string) {
  return step(
    'Cleo',
    'opens a copy of the prompt: an edition burns, its text is hers',
    () => openCopy(market, { wallet: walletOf(people.cleo), workId }),
    ({ transaction, text }) => ({
      ...(transaction ? { gasUsed: transaction.gasUsed, transaction: transaction.hash } : {}),
      note: `${text.length} characters`,
    }),
  )
}

/** One streamed turn, its text put together from the deltas as they came. */
async function streamTurn(chat: Chat, content: string) {
  const answer = chat.ask([{ role: 'user', content }], { temperature: 0, max_tokens: 64 })
  const deltas: string[] = []
  for await (const text of answer) deltas.push(text)
  return { deltas, ...(await answer.result) }
}

/** The same account, and how often it was asked to sign: what a person would have had to confirm. */
function counting(account: LocalAccount) {
  const count = { signatures: 0 }
  const counted: LocalAccount = {
    ...account,
    signMessage: request => {
      count.signatures += 1
      return account.signMessage(request)
    },
    signTypedData: request => {
      count.signatures += 1
      return account.signTypedData(request)
    },
  }
  return { count, counted }
}

/** The conversation, from the grant to the last answer, with every signature that her wallet is asked for. */
async function talk({ devnet, steps: { step } }: Walked, workId: string, questions: string[]) {
  const { market, walletOf, operator, nodeUrl } = devnet
  const { count, counted } = counting(people.cleo)
  const wallet = walletOf(counted)
  const choice = { workId, operator: operator.address, nodeUrl }
  await step('Cleo', 'grants the node leave to open the chatbot for her', () =>
    grantNode(market, { ...choice, wallet }),
  )
  const chat = await openChat(market, {
    ...choice,
    wallet,
    maxDepositAtomic: MAX_DEPOSIT_ATOMIC,
    maxTurnAtomic: MAX_TURN_ATOMIC,
  })
  const turns = []
  for (const question of questions) {
    turns.push(
      await step(
        'Cleo',
        `asks: ${question}`,
        () => streamTurn(chat, question),
        ({ chargedAtomic, text, timings }) => ({
          paidAtomic: chargedAtomic,
          note: `"${text}", first token after ${Math.round(timings.firstTokenMs)} ms`,
        }),
      ),
    )
  }
  return { chat, turns, state: await chat.state(), walletSignatures: count.signatures }
}

/** The node claims what vouchers promise, settles it to the splitter, and the ledger divides it; then the creator is paid. */
async function earn({ devnet, steps: { step } }: Walked, workId: string) {
  const { market, walletOf, operator, claim } = devnet
  const { publicClient, addresses } = market
  await step('Olga', 'her node claims the vouchers and triggers the split', claim, ({ transactions }) => ({
    note: transactions.join('  '),
  }))
  // All splits of this work: the node's own schedule may have claimed some of the vouchers before.
  const events = await publicClient.getContractEvents({
    address: addresses.works,
    abi: worksAbi,
    eventName: 'Collected',
    args: { workId: BigInt(workId), operator: operator.address },
    fromBlock: BigInt(addresses.deployedAtBlock),
    strict: true,
  })
  const sum = (share: keyof (typeof events)[number]['args'] & `${string}Atomic`) =>
    events.reduce((total, { args }) => total + args[share], 0n)
  const withdrawn = await step(
    'Bela',
    'gathers and withdraws what she earned',
    () => withdrawCredit(market, { wallet: walletOf(people.bela) }),
    taken =>
      taken
        ? {
            paidAtomic: taken.amountAtomic,
            gasUsed: taken.transaction.gasUsed,
            transaction: taken.transaction.hash,
          }
        : {},
  )
  const restingAtomic = await publicClient.readContract({
    address: addresses.money,
    abi: moneyAbi,
    functionName: 'balanceOf',
    args: [splitterAddress(addresses.works, BigInt(workId), operator.address)],
  })
  return {
    amountAtomic: sum('amountAtomic'),
    creatorAtomic: sum('creatorAtomic'),
    parentsAtomic: sum('parentsAtomic'),
    operatorAtomic: sum('operatorAtomic'),
    protocolAtomic: sum('protocolAtomic'),
    restingAtomic,
    withdrawn,
  }
}

async function resell({ devnet: { market, walletOf }, steps: { step } }: Walked, workId: string) {
  await step('Cleo', 'lists her edition of the chatbot', () =>
    listEdition(market, { wallet: walletOf(people.cleo), workId, priceAtomic: RESALE_PRICE_ATOMIC }),
  )
  const listed = await step('Dan', 'finds the listing', () => findListings(market, { workId }))
  const [found] = listed
  if (!found) throw new RangeError('the edge shows no listing that was just posted')
  const sale = await step(
    'Dan',
    'buys it; the creator’s royalty is taken by the ledger',
    () =>
      buyListing(market, {
        listing: found.listing,
        signature: found.signature,
        wallet: walletOf(people.dan),
        maxCostAtomic: RESALE_PRICE_ATOMIC,
      }),
    ({ costAtomic, transaction }) => ({
      paidAtomic: costAtomic,
      gasUsed: transaction.gasUsed,
      transaction: transaction.hash,
    }),
  )
  const [sold] = parseEventLogs({ abi: worksAbi, eventName: 'Sold', logs: sale.transaction.logs })
  if (!sold) throw new RangeError('the sale left no Sold event')
  return sold.args
}

/** A block of the devnet, and two seconds. */
const SHUT_OUT_MS = 3_000

/** The node follows the chain: until it has seen the sale it may answer, and whatever is asked later is refused. */
async function refusalOf(chat: Chat, question: string): Promise<unknown> {
  const soldAtMs = Date.now()
  for (;;) {
    const askedAtMs = Date.now()
    const refusal = await streamTurn(chat, question).then(
      () => null,
      error => error,
    )
    if (refusal !== null || askedAtMs - soldAtMs > SHUT_OUT_MS) return refusal
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

/** The seller asks again, in the channel that still has her money, and is refused; the buyer is answered. */
async function shutOut(
  { devnet, steps: { step } }: Walked,
  workId: string,
  { chat, question }: { chat: Chat; question: string },
) {
  const { market, walletOf, operator, nodeUrl } = devnet
  const refusal = await step(
    'Cleo',
    'asks the chatbot that she sold',
    () => refusalOf(chat, question),
    error => ({ note: isProblem(error) ? `refused: ${error.code}` : 'was answered' }),
  )
  const choice = { workId, operator: operator.address, nodeUrl, wallet: walletOf(people.dan) }
  await step('Dan', 'grants the node leave to open it for him', () => grantNode(market, choice))
  const own = await openChat(market, {
    ...choice,
    maxDepositAtomic: MAX_DEPOSIT_ATOMIC,
    maxTurnAtomic: MAX_TURN_ATOMIC,
  })
  const answered = await step(
    'Dan',
    `asks: ${question}`,
    () => streamTurn(own, question),
    ({ chargedAtomic, text }) => ({ paidAtomic: chargedAtomic, note: `"${text}"` }),
  )
  await own.close()
  return { refusal, answered }
}

export async function walkPath(walked: Walked) {
  const published = await publish(walked)
  const { prompt, promptSeed, chatbot, chatbotSeed } = published
  const purchase = await buy(walked, 'captain', [chatbot, prompt])
  const opened = await readPrompt(walked, prompt.workId)
  const questions = chatbotSeed.ask.flatMap(({ user }) => (user ? [user] : []))
  const [question = 'Hello!'] = questions
  const conversation = await talk(walked, chatbot.workId, questions.slice(0, 3))
  const earned = await earn(walked, chatbot.workId)
  const sold = await resell(walked, chatbot.workId)
  const after = await shutOut(walked, chatbot.workId, { chat: conversation.chat, question })
  await conversation.chat.close()
  return {
    ...published,
    ...purchase,
    ...conversation,
    ...after,
    earned,
    sold,
    openedText: opened.text,
    openedPromptMatches: opened.text === cardText(promptSeed),
  }
}
