/** Undoes the encodings that everyone knows, wherever the end of a text may be written in one of them. */

const utf8 = new TextDecoder()
const fromBytes = (bytes: Iterable<number>) => utf8.decode(Uint8Array.from(bytes))

/** Anything else could not be one of these encodings, and most of an answer is anything else. */
const WORTH_A_LOOK =
  /[A-Za-z0-9+/_-]{20}|[0-9a-fA-F]{2}[\s:,]*[0-9a-fA-F]{2}|[.·\-–_]{1,5}[\s/]|\\[ux0]|&#|%[0-9a-fA-F]{2}|=[0-9A-F]{2}/

function fromBase64(text: string): string[] {
  const found = text.match(/(?:[A-Za-z0-9+/_-]{4,}[\s]{0,2}){3,}/g) ?? []
  return found.flatMap(block => {
    const clean = block.replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/')
    // The tail of a long block may begin in the middle of a group of four.
    return [0, 1, 2, 3].map(skip => {
      const part = clean.slice(skip)
      const whole = part.slice(0, part.length - (part.length % 4))
      try {
        return fromBytes([...atob(whole)].map(char => char.charCodeAt(0)))
      } catch {
        return ''
      }
    })
  })
}

const groups = (text: string, pattern: RegExp): string[] => text.match(pattern) ?? []

function fromDigits(text: string): string[] {
  const hex = groups(text, /(?:(?:0x|\\x|%|=)?[0-9a-fA-F]{2}[\s:,;]{0,2}){8,}/g).flatMap(block => {
    const digits = block.replace(/0x|[^0-9a-fA-F]/g, '')
    return [0, 1].map(skip =>
      fromBytes(groups(digits.slice(skip), /../g).map(pair => Number.parseInt(pair, 16))),
    )
  })
  const bits = groups(text, /(?:[01]{7,8}[\s,;]{0,2}){6,}/g).flatMap(block => {
    const digits = block.replace(/[^01]/g, '')
    const width = /[01]{8}/.test(block) ? 8 : 7
    return Array.from({ length: width }, (_, skip) =>
      fromBytes(
        groups(digits.slice(skip), width === 8 ? /.{8}/g : /.{7}/g).map(byte => Number.parseInt(byte, 2)),
      ),
    )
  })
  const numbers = groups(text, /\b\d{2,3}\b/g)
  const octal = groups(text, /(?:\b|\\)0?[0-7]{2,3}\b/g).map(one => one.replace('\\', ''))
  return [
    ...hex,
    ...bits,
    numbers.length > 8 ? String.fromCharCode(...numbers.map(Number)) : '',
    octal.length > 8 ? String.fromCharCode(...octal.map(number => Number.parseInt(number, 8))) : '',
  ]
}

const ESCAPE =
  /\\u\{?([0-9a-fA-F]{2,5})\}?|\\x([0-9a-fA-F]{2})|&#x([0-9a-fA-F]{2,5});?|&#(\d{2,6});?|[%=]([0-9a-fA-F]{2})/g

/** The escaped characters alone: what stands between them is read as it is, elsewhere. */
const fromEscapes = (text: string): string =>
  [...text.matchAll(ESCAPE)]
    .map(([, u, x, hexEntity, entity, percent]) => {
      const code =
        entity === undefined ? Number.parseInt(u ?? x ?? hexEntity ?? percent ?? '20', 16) : Number(entity)
      return code < 0x11_0000 ? String.fromCodePoint(code) : ''
    })
    .join('')

const MORSE = new Map(
  'a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----.'
    .split(' ')
    .map(row => [row.slice(1), row[0] ?? ''] as const),
)

function fromMorse(text: string): string {
  const signs =
    text
      .replace(/[·•]/g, '.')
      .replace(/[–—_]/g, '-')
      .match(/(?<![\w.-])[.-]{1,5}(?![\w.-])/g) ?? []
  return signs.length > 12 ? signs.map(sign => MORSE.get(sign) ?? '').join('') : ''
}

/** Every reading of the text's end that some known encoding gives; none for text in which nothing looks encoded. */
export function decodings(tail: string): string[] {
  if (!WORTH_A_LOOK.test(tail)) return []
  return [...fromBase64(tail), ...fromDigits(tail), fromEscapes(tail), fromMorse(tail)].filter(
    text => text.length > 8,
  )
}
