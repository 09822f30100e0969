/** The words that texts have: how many works use each, which ones begin so, and which one was meant by a misspelt one. */
import type { Need } from './facets.ts'
import type { Question } from './together.ts'
import { editDistance, piecesOf, typosIn } from './typos.ts'

const MAX_TERMS = 8
const MAX_TERM_CHARS = 40
/** A beginning stands for the most used words that begin so; more of them would find little that these do not. */
const MAX_EXPANSIONS = 12
/** Beginnings of up to five letters have an index by use; longer ones have few words, of which so many are looked at. */
const INDEXED_PREFIX = 5
const MAX_LONG_PREFIX = 13
const MAX_CORRECTED = 2
const MAX_CANDIDATES = 60
const WORDS_TENDED = 200

type Word = { word: string; works: number }
export type Correction = { from: string; to: string }

/** As the index folds words: no case, no accents, letters and digits only. */
export function termsOf(text: string): string[] {
  const folded = text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
  const terms = folded.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  return terms.slice(0, MAX_TERMS).map(term => term.slice(0, MAX_TERM_CHARS))
}

const quoted = (word: string): string => `"${word}"`

/** How many works use each term, and the words that begin like the last one, which may be unfinished. */
export type Used = {
  terms: readonly string[]
  works: ReadonlyMap<string, number>
  expansions: readonly Word[]
}

export function wordQuestion(db: D1Database, terms: readonly string[]): Question<Used> {
  const last = terms.at(-1)
  const statements = (prefix: string) => [
    db
      .prepare('SELECT word, works FROM words WHERE works > 0 AND word IN (SELECT value FROM json_each(?))')
      .bind(JSON.stringify(terms)),
    beginning(db, prefix),
  ]
  return {
    statements: last === undefined ? [] : statements(last),
    read: results => {
      const [known = [], begun = []] = results.map(one => one.results as Word[]) // Safety: the columns of both.
      return {
        terms,
        works: new Map(known.map(row => [row.word, row.works])),
        expansions: begun
          .filter(({ word }) => word !== last)
          .toSorted(byUse)
          .slice(0, MAX_EXPANSIONS),
      }
    },
  }
}

/** What the words of a search ask for, each corrected where no work has it. */
export async function wordNeeds(
  db: D1Database,
  { terms, works, expansions }: Used,
): Promise<{ needs: Need[]; corrected: Correction[] }> {
  const needs: Need[] = []
  const corrected: Correction[] = []
  for (const [at, term] of terms.entries()) {
    const more = at === terms.length - 1 ? expansions : []
    const used = works.get(term) ?? 0
    const meant =
      used + more.length === 0 && corrected.length < MAX_CORRECTED ? await meantBy(db, term) : null
    if (meant) corrected.push({ from: term, to: meant.word })
    const words = meant ? [meant] : [{ word: term, works: used }, ...more]
    needs.push({
      match: words.map(({ word }) => quoted(word)).join(' OR '),
      works: words.reduce((sum, word) => sum + word.works, 0),
    })
  }
  return { needs, corrected }
}

const byUse = (a: Word, b: Word): number => b.works - a.works || (a.word < b.word ? -1 : 1)

/** The words that begin with the last term of a search, which may be unfinished. One letter begins too many. */
function beginning(db: D1Database, prefix: string): D1PreparedStatement {
  const letters = [...prefix].length
  if (letters > INDEXED_PREFIX || letters < 2) {
    return db
      .prepare(
        'SELECT word, works FROM words WHERE works > 0 AND word > ?1 AND word < ?1 || char(1114111) LIMIT ?2',
      )
      .bind(prefix, letters < 2 ? 0 : MAX_LONG_PREFIX)
  }
  return db
    .prepare(
      `SELECT word, works FROM words WHERE works > 0 AND substr(word, 1, ${letters}) = ? ORDER BY magnitude DESC LIMIT ?`,
    )
    .bind(prefix, MAX_EXPANSIONS + 1)
}

/** The word with the fewest edits away, of these the most used. */
async function meantBy(db: D1Database, term: string): Promise<Word | null> {
  const typos = typosIn(term)
  if (typos === 0) return null
  const { results } = await db
    .prepare(
      `SELECT w.word, w.works FROM word_pieces p CROSS JOIN words w ON w.id = p.rowid
       WHERE word_pieces MATCH ? AND w.works > 0 ORDER BY p.rowid LIMIT ?`,
    )
    .bind(piecesOf(term).map(quoted).join(' OR '), MAX_CANDIDATES)
    .all<Word>()
  const near = results
    .map(word => ({ word, edits: editDistance(term, word.word) }))
    .filter(({ edits }) => edits <= typos)
    .sort((a, b) => a.edits - b.edits || byUse(a.word, b.word))
  return near[0]?.word ?? null
}

/** Gives new words their pieces, and takes away the words that no work has any more. Answers whether all are tended. */
export async function tendWords(db: D1Database): Promise<boolean> {
  const { results } = await db
    .prepare('SELECT id, word, works FROM words WHERE (works > 0) <> pieced LIMIT ?')
    .bind(WORDS_TENDED)
    .all<Word & { id: number }>()
  const come = results.filter(({ works }) => works > 0)
  const gone = JSON.stringify(results.filter(({ works }) => works === 0).map(({ id }) => id))
  const pieces = JSON.stringify(come.map(({ id, word }) => [id, piecesOf(word).join(' ')]))
  if (results.length > 0) {
    await db.batch([
      db
        .prepare(
          'INSERT OR REPLACE INTO word_pieces (rowid, pieces) SELECT value ->> 0, value ->> 1 FROM json_each(?)',
        )
        .bind(pieces),
      db
        .prepare('UPDATE words SET pieced = 1 WHERE id IN (SELECT value ->> 0 FROM json_each(?))')
        .bind(pieces),
      db.prepare('DELETE FROM word_pieces WHERE rowid IN (SELECT value FROM json_each(?))').bind(gone),
      db.prepare('UPDATE words SET pieced = 0 WHERE id IN (SELECT value FROM json_each(?))').bind(gone),
      db
        .prepare(
          'DELETE FROM words WHERE works = 0 AND pieced = 0 AND id IN (SELECT value FROM json_each(?))',
        )
        .bind(gone),
    ])
  }
  return results.length < WORDS_TENDED
}
