/** A conversation as a file to take along: to read, to keep whole with its receipts, or to go on with elsewhere. */
import { type Conversation, type Exchange, shownAnswer } from './conversation.ts'

export function asMarkdown(title: string, { exchanges }: Conversation): string {
  const parts = exchanges.map(one => `**You:** ${one.question}\n\n${shownAnswer(one)?.text ?? ''}`)
  return `# ${title}\n\n${parts.join('\n\n---\n\n')}\n`
}

/** With every answer that was given and its signed receipt. */
export const asJson = (title: string, conversation: Conversation): string =>
  `${JSON.stringify({ work: title, ...conversation }, null, 2)}\n`

/** SillyTavern's chat file: a line about the chat, then one for each message, with all its swipes. */
export function asSillyTavern(title: string, { beganAtMs, exchanges }: Conversation): string {
  const send_date = new Date(beganAtMs).toISOString()
  const about = { user_name: 'You', character_name: title, create_date: send_date, chat_metadata: {} }
  const lines = exchanges.flatMap((exchange: Exchange) => {
    const asked = { name: 'You', is_user: true, is_system: false, send_date, mes: exchange.question }
    const answer = shownAnswer(exchange)
    if (!answer) return [asked]
    const swipes = exchange.answers.map(({ text }) => text)
    const said = { name: title, is_user: false, is_system: false, send_date, mes: answer.text }
    return [asked, { ...said, swipes, swipe_id: exchange.shown }]
  })
  return `${[about, ...lines].map(line => JSON.stringify(line)).join('\n')}\n`
}
