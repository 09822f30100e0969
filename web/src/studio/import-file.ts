/** A file of another program as a draft, with what could not be taken of it. Nothing is sent anywhere. */
import { CARD_MAX_BYTES } from '@grimoire/schema/card'
import { type CardData, importCard } from '@grimoire/schema/card-import'
import { isPng, PICTURE_MAX_BYTES, readCardPng } from '@grimoire/schema/card-png'
import { parseDotprompt } from '@grimoire/schema/dotprompt'
import { importModelfile, looksLikeModelfile } from '@grimoire/schema/modelfile'
import { isProblem, Problem } from '@grimoire/schema/problem'
import { type Draft, newDraft } from './draft.ts'
import { textIn } from './row.ts'

type Imported = { draft: Draft; left: string[] }

function chatbotOf(data: CardData, more: Partial<Draft['words']> = {}): Draft {
  const begun = newDraft('chatbot')
  const named = Array.isArray(data.tags) ? data.tags.filter(tag => typeof tag === 'string') : []
  const tags = named.map(tagOf).filter(Boolean).slice(0, 12)
  const [summary = ''] = textIn(data, 'creator_notes')
    .trim()
    .split(/\n\s*\n/)
  const words = {
    ...begun.words,
    title: data.name.slice(0, 80),
    tags: tags.join(', '),
    summary: summary.slice(0, 600),
    ...more,
  }
  return { ...begun, data, words }
}

/** As the market takes tags: small letters, digits and dashes. */
export const tagOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 32)

function promptOf(source: string, name: string): Imported {
  const draft = newDraft('prompt', { source })
  draft.words.title = name.slice(0, 80)
  try {
    parseDotprompt(source)
    return { draft, left: [] }
  } catch (error) {
    if (!isProblem(error, 'card_invalid')) throw error
    return {
      draft,
      left: [`it is taken as it stands, and has to be mended before it can be minted: ${error.message}`],
    }
  }
}

export async function importFile(file: File): Promise<Draft> {
  const { draft, left } = await read(file)
  return { ...draft, imported: { from: file.name, left } }
}

async function read(file: File): Promise<Imported> {
  if (file.size > PICTURE_MAX_BYTES)
    throw new Problem('import_invalid', {
      got: `${file.size} bytes`,
      expected: `at most ${PICTURE_MAX_BYTES}`,
    })
  const bytes = new Uint8Array(await file.arrayBuffer())
  const name = file.name.replace(/\.[^.]*$/, '').slice(0, 80)
  if (isPng(bytes)) return taken(importCard(await readCardPng(bytes)))
  if (bytes.length > CARD_MAX_BYTES)
    throw new Problem('import_invalid', {
      got: `${bytes.length} bytes`,
      expected: `at most ${CARD_MAX_BYTES}`,
    })
  const source = textOf(bytes)
  if (/\.prompt$/i.test(file.name) || source.startsWith('---')) return promptOf(source, name)
  if (looksLikeModelfile(source)) {
    const { taken: data, left, licence } = importModelfile(source, /^modelfile$/i.test(name) ? '' : name)
    return { draft: chatbotOf(data, licence ? { licence } : {}), left }
  }
  return taken(importCard(source))
}

const taken = (card: { taken: CardData; left: string[] }): Imported => ({
  draft: chatbotOf(card.taken),
  left: card.left,
})

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new Problem('import_invalid', { got: 'a file that is neither PNG nor text', cause })
  }
}
