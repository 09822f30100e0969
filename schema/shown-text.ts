/** Strangers' words made fit to stand beside ours, and long hashes made short enough to compare by eye. */

/** Characters that would turn the direction of the text around them, or hide in it. */
const INVISIBLE =
  /[[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]--[\t\n\r]]/gv

/** Nothing that turns or hides text. Whoever puts it into a document still has to escape it. */
export const plain = (text: string): string => text.replace(INVISIBLE, '')

export const short = (hash: string): string =>
  hash.length > 14 ? `${hash.slice(0, 6)}…${hash.slice(-4)}` : hash
