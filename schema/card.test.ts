/** What a Character Card becomes, and which cards are refused. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cardGeneration, composeChat, parseCard } from './card.ts'
import { isProblem } from './problem.ts'

const card = (data: Record<string, unknown>) =>
  JSON.stringify({ spec: 'chara_card_v3', spec_version: '3.0', data: { name: 'Mira', ...data } })
const hello = [{ role: 'user' as const, content: 'Where is the honey?' }]

test('a card with only a system prompt sends exactly that text as the system message', () => {
  const prompt = 'You are Mira, a baker.\nFacts:\n- price of bread: 4 coins'
  assert.deepEqual(composeChat(parseCard(card({ system_prompt: prompt })), hello), [
    { role: 'system', content: prompt },
    ...hello,
  ])
})

test('a card without any text sends no system message', () => {
  assert.deepEqual(composeChat(parseCard(card({})), hello), hello)
})

test('every section stands in one system message, with names filled in, and closing instructions come last', () => {
  const parsed = parseCard(
    card({
      nickname: 'Mi',
      system_prompt: 'You are {{char}}.',
      personality: 'kind to {{user}}',
      scenario: 'a bakery',
      mes_example: '{{char}}: hi',
      post_history_instructions: 'Stay {{char}}.',
    }),
  )
  assert.deepEqual(composeChat(parsed, hello), [
    {
      role: 'system',
      content:
        "You are Mi.\n\nMi's personality: kind to User\n\nScenario: a bakery\n\nExamples of how Mi writes:\nMi: hi",
    },
    ...hello,
    { role: 'system', content: 'Stay Mi.' },
  ])
})

test('a lore entry is told when its key was said, a constant one always, a disabled one never', () => {
  const entry = { enabled: true, insertion_order: 1 }
  const parsed = parseCard(
    card({
      character_book: {
        entries: [
          { ...entry, keys: ['HONEY'], content: 'honey: shelf 2' },
          { ...entry, keys: ['milk'], content: 'milk: shelf 3' },
          { ...entry, keys: [], content: 'open until 4', constant: true, insertion_order: 0 },
          { ...entry, keys: ['honey'], content: 'never', enabled: false },
        ],
      },
    }),
  )
  assert.equal(composeChat(parsed, hello)[0]?.content, 'open until 4\n\nhoney: shelf 2')
})

test('a card that is not V3, has a pattern for a key, or is no JSON is refused by the name of the field', () => {
  const field = (source: string) => (error: unknown) =>
    isProblem(error, 'card_invalid') && error.message.includes(source)
  assert.throws(() => parseCard('{'), field('JSON'))
  assert.throws(() => parseCard(card({}).replace('v3', 'v2')), field('spec'))
  const entries = [{ keys: ['a'], content: 'b', enabled: true, insertion_order: 0, use_regex: true }]
  assert.throws(() => parseCard(card({ character_book: { entries } })), field('use_regex'))
})

test('generation settings of the creator are read from the extension', () => {
  const extensions = { grimoire: { generation: { temperature: 0, maxTokens: 40 } } }
  assert.deepEqual(cardGeneration(parseCard(card({ extensions }))), { temperature: 0, maxTokens: 40 })
})
