/** What a conversation looks like elsewhere, and how a question that is asked another way leaves the first as it was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { branchBefore, type Conversation, readConversation, titleOf } from './conversation.ts'
import { asJson, asMarkdown, asSillyTavern } from './take-along.ts'

const talked: Conversation = {
  id: 'one',
  beganAtMs: Date.UTC(2026, 10, 1),
  exchanges: [
    {
      question: 'Who are you?',
      answers: [
        { text: 'A fox.', end: 'whole' },
        { text: 'A *red* fox.', end: 'whole' },
      ],
      shown: 1,
    },
    { question: 'And "now"?', answers: [{ text: 'Gone', end: 'stopped' }], shown: 0 },
  ],
}

test('a branch keeps what was said before the question, under a name of its own, and the old conversation is untouched', () => {
  const before = structuredClone(talked)
  const branch = branchBefore({ ...talked, name: 'Foxes' }, 1)
  assert.deepEqual(branch.exchanges, talked.exchanges.slice(0, 1))
  assert.deepEqual([branch.branchOf, titleOf(branch)], ['one', 'Foxes, another way'])
  assert.notEqual(branch.id, talked.id)
  assert.deepEqual(talked, before)
  assert.deepEqual(branchBefore(talked, 0).exchanges, [])
})

test('Markdown carries the answer that is shown', () => {
  assert.equal(
    asMarkdown('Reynard', talked),
    '# Reynard\n\n**You:** Who are you?\n\nA *red* fox.\n\n---\n\n**You:** And "now"?\n\nGone\n',
  )
})

test('JSON carries everything: it can be read back as the same conversation', () => {
  assert.deepEqual(readConversation(asJson('Reynard', talked)), talked)
})

test('SillyTavern gets a line about the chat and one for each message, each answer with its swipes', () => {
  const lines = asSillyTavern('Reynard', talked)
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual([lines[0].user_name, lines[0].character_name], ['You', 'Reynard'])
  assert.deepEqual(
    lines.slice(1).map(({ is_user, mes }) => [is_user, mes]),
    [
      [true, 'Who are you?'],
      [false, 'A *red* fox.'],
      [true, 'And "now"?'],
      [false, 'Gone'],
    ],
  )
  assert.deepEqual([lines[2].swipes, lines[2].swipe_id], [['A fox.', 'A *red* fox.'], 1])
})
