/** The part of a passage that a question is about most, where there is no room for all of it. */
import type { Question } from './question.ts'
import { termsOf } from './terms.ts'

const SENTENCES = /[^\n.!?。！？]*(?:[.!?。！？]+["'”’)\]]*\s*|\n+|$)/g

const worthOf = (text: string, question: Question): number =>
  [...new Set(termsOf(text))].reduce((sum, term) => sum + (question.get(term) ?? 0), 0)

/** Whole lines and sentences around the best one, or nothing. */
export function narrowed(text: string, question: Question, maxCharacters: number): string {
  const parts = text.match(SENTENCES)?.filter(part => part !== '') ?? []
  const worths = parts.map(part => worthOf(part, question))
  const best = worths.indexOf(Math.max(...worths))
  let [from, to] = [best, best + 1]
  const length = (a: number, b: number) => parts.slice(a, b).join('').length
  if (best < 0 || length(from, to) > maxCharacters) return ''
  for (let grew = true; grew; ) {
    grew = false
    if (to < parts.length && length(from, to + 1) <= maxCharacters) {
      to++
      grew = true
    }
    if (from > 0 && length(from - 1, to) <= maxCharacters) {
      from--
      grew = true
    }
  }
  return parts.slice(from, to).join('').trim()
}
