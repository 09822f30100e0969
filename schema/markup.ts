/** XML and HTML by template, in which every value is escaped unless it was made by this template itself. */

/** Already markup: the only thing that a template takes as it is. */
export type Markup = { readonly markup: string }
export const raw = (markup: string): Markup => ({ markup })

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Characters that no XML 1.0 document may hold, also not escaped; halves of pairs among them. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** A stranger's text as text, in an element or in a quoted attribute. */
export const escaped = (text: string): string =>
  text.replace(FORBIDDEN, '').replace(/[&<>"']/g, character => ESCAPES[character] ?? '')

export const markup = (parts: TemplateStringsArray, ...values: (string | number | Markup)[]): string =>
  parts.reduce((whole, part, index) => {
    const value = values[index - 1] ?? ''
    return whole + (typeof value === 'object' ? value.markup : escaped(String(value))) + part
  })
