/** A work's cover as shapes: bookcloth, a border and a sigil in foil, all from its id, for whoever draws it in whichever way. */
import { CLOTHS } from './cover-cloths.ts'
import { diceOf } from './cover-dice.ts'
import { seal, wheel } from './cover-sigil.ts'

const BORDERS = [
  'M22 14H286V406H22Z M28 20H280V400H28Z',
  'M22 34V14H42M266 14H286V34M286 386V406H266M42 406H22V386 M30 22H278V398H30Z',
  'M38 14H270A16 16 0 0 0 286 30V390A16 16 0 0 0 270 406H38A16 16 0 0 0 22 390V30A16 16 0 0 0 38 14Z',
  'M22 406V130A132 116 0 0 1 286 130V406Z M30 398V132A124 108 0 0 1 278 132V398Z',
]

export type CoverShapes = {
  cloth: string
  foil: string
  /** Path data in a field of 300 by 420. */
  border: string
  /** Path data around the middle of the sigil, which stands at `SIGIL_PLACE`. */
  sigil: string[]
}

/** The transform that puts a sigil into the field of 300 by 420. */
export const SIGIL_PLACE = 'translate(154 282) scale(1.02)'

export function coverOf(workId: string, kind: string): CoverShapes {
  const roll = diceOf(workId)
  const [cloth, foil] = CLOTHS[roll(CLOTHS.length)] ?? ['#232b35', '#dfe3e6']
  const border = BORDERS[roll(BORDERS.length)] ?? ''
  return { cloth, foil, border, sigil: kind === 'prompt' ? seal(roll) : wheel(roll) }
}
