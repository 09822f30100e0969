/** A work's opened knowledge files: their text in memory that is wiped with the work, and the excerpts that a question gets. */
import { setImmediate as breathe } from 'node:timers/promises'
import type { KnowledgeFile } from '@grimoire/schema/knowledge'
import { Problem } from '@grimoire/schema/problem'
import { narrowed } from './narrowed.ts'
import { passagesOf } from './passages.ts'
import type { Question } from './question.ts'
import { Ranking } from './ranking.ts'
import { termsOf } from './terms.ts'

/** Text and index together hold at most about this many bytes for each byte of a file. */
export const HELD_FOR_A_BYTE = 4
/** A passage that is this much worse than the best is about something else. */
const WORTH_TELLING = 0.2
const MAX_TOLD = 24
/** The event loop answers others meanwhile. */
const PASSAGES_AT_A_TIME = 16
/** Characters that stand around an excerpt where it is told. */
const AROUND = 36

export type Excerpt = { file: string; under: string; text: string }

/** A passage as bytes of its file's text in UTF-8. */
type Stretch = { file: number; from: number; to: number; under: string }

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export const sizeOf = ({ file, under, text }: Excerpt): number =>
  text.length + file.length + under.length + AROUND

const trimmed = (one: Excerpt): Excerpt => ({ ...one, text: one.text.trim() })

/** What overlaps or follows on becomes one, under what stands above the first. */
function joined(chosen: readonly Stretch[]): Stretch[] {
  const all: Stretch[] = []
  for (const next of chosen.toSorted((a, b) => a.file - b.file || a.from - b.from)) {
    const last = all.at(-1)
    if (last?.file === next.file && next.from <= last.to) last.to = Math.max(last.to, next.to)
    else all.push({ ...next })
  }
  return all
}

export class Knowledge {
  readonly #ranking = new Ranking()
  readonly #files: { name: string; bytes: Uint8Array }[] = []
  readonly #stretches: Stretch[] = []
  /** Of all files, told whole. */
  #size = 0
  #wiped = false

  private constructor() {}

  static async open(files: readonly KnowledgeFile[]): Promise<Knowledge> {
    const opened = new Knowledge()
    for (const file of files) await opened.#add(file)
    opened.#ranking.close()
    return opened
  }

  async #add({ name, text }: KnowledgeFile): Promise<void> {
    const file = this.#files.length
    this.#files.push({ name, bytes: encoder.encode(text) })
    this.#size += sizeOf({ file: name, under: '', text })
    let [at, byte] = [0, 0]
    for (const { from, to, under } of passagesOf(text, name)) {
      const told = text.slice(from, to)
      byte += Buffer.byteLength(text.slice(at, from))
      at = from
      this.#stretches.push({ file, from: byte, to: byte + Buffer.byteLength(told), under })
      this.#ranking.add(termsOf(`${name}\n${under}\n${told}`))
      if (this.#stretches.length % PASSAGES_AT_A_TIME === 0) await breathe()
    }
  }

  /**
   * At most so many characters: all files when they are no longer than that, else the passages that the question is about,
   * in the order in which they stand in the files.
   */
  excerpts(question: Question, maxCharacters: number): Excerpt[] {
    // Closed between its opening and this turn: an answer without its files would be a wrong one.
    if (this.#wiped) throw new Problem('node_busy', { expected: 'the work’s files, which were just closed' })
    if (this.#size <= maxCharacters) {
      const whole = this.#files.map(({ name, bytes }) => ({
        file: name,
        under: '',
        text: decoder.decode(bytes),
      }))
      return whole.map(trimmed)
    }
    const ranked = this.#worthTelling(question)
    const chosen: Stretch[] = []
    let room = maxCharacters
    for (const stretch of ranked) {
      const size = sizeOf(this.#told(stretch))
      if (size > room || chosen.length === MAX_TOLD) continue
      room -= size
      chosen.push(stretch)
    }
    const [best] = ranked
    if (best && chosen.length === 0) return this.#partOf(best, question, maxCharacters)
    return joined(chosen).map(stretch => this.#told(stretch))
  }

  #worthTelling(question: Question): Stretch[] {
    const ranked = this.#ranking.rank(question).slice(0, 2 * MAX_TOLD)
    const least = WORTH_TELLING * (ranked[0]?.score ?? 0)
    return ranked
      .filter(({ score }) => score >= least)
      .flatMap(({ passage }) => this.#stretches[passage] ?? [])
  }

  #told({ file, from, to, under }: Stretch): Excerpt {
    const { name, bytes } = this.#files[file] ?? { name: '', bytes: new Uint8Array() }
    return trimmed({ file: name, under, text: decoder.decode(bytes.subarray(from, to)) })
  }

  #partOf(best: Stretch, question: Question, maxCharacters: number): Excerpt[] {
    const whole = this.#told(best)
    const text = narrowed(whole.text, question, maxCharacters - sizeOf({ ...whole, text: '' }))
    return text === '' ? [] : [{ ...whole, text }]
  }

  wipe(): void {
    for (const { bytes } of this.#files) bytes.fill(0)
    this.#ranking.wipe()
    this.#wiped = true
    this.#files.length = 0
    this.#stretches.length = 0
  }
}
