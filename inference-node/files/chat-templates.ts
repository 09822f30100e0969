/** Which chat templates of model files may run: a template is a program of whoever wrote the file. */
import { createHash } from 'node:crypto'
import { KNOWN_TEMPLATES } from './known-templates.ts'

/** By sha256: ours, of the demo model and of the random models of the tests. */
const OURS = new Set(['153280e3ff55d19da1398bdb3914ee2a51b80429bfaedde11d7d216c39db80f3'])

export const templateSha256 = (template: string): string =>
  createHash('sha256').update(template).digest('hex')

/** Without leave llama.cpp's host writes a conversation by the control tokens of the vocabulary, and never runs the file's own. */
export const mayRunTemplate = (template: string | undefined, allowed: readonly string[]): boolean => {
  if (template === undefined) return false
  const hash = templateSha256(template)
  // Some converters keep the line feed with which the file ended, some do not.
  const known = KNOWN_TEMPLATES.has(templateSha256(template.replace(/\n$/, '')))
  return OURS.has(hash) || known || allowed.includes(hash)
}
