/** What a work's answers may look like, declared by its creator so that a node's guard does not take it for a cipher. */
import { z } from 'zod'

/**
 * `text` is prose in the language of the manifest (and English), `code` and `json` are what they say, and any other
 * language goes by its two or three letters. Without a declaration a work answers in `text`.
 */
export const outputKinds = z
  .array(
    z.string().regex(/^(text|code|json|[a-z]{2,3})$/, 'expected text, code, json or a language such as de'),
  )
  .min(1)
  .max(12)
