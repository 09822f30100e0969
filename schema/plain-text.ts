/** Words of strangers: kept as plain text, without the characters that turn a line round or hide in it. */
import { z } from 'zod'

const UNSEEN =
  /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u

/** `lines`: whether it may have more than one. */
export const plainText = (maxCharacters: number, { lines = false }: { lines?: boolean } = {}) =>
  z
    .string()
    .trim()
    .max(maxCharacters)
    .refine(
      text => !UNSEEN.test(lines ? text.replaceAll('\n', '') : text),
      'expected text without control characters or marks that turn its direction',
    )
