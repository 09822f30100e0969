/** Any list that is told in pages: how many rows, and the `nextCursor` of the page before. */
import { z } from 'zod'

export const PAGE_LIMIT = 100

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_LIMIT).default(25),
  cursor: z.string().max(400).optional(),
})
export type PageQuery = z.infer<typeof pageQuery>
