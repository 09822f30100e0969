/** Tables as CSV (RFC 4180): for rows of numbers, hashes, dates and words of ours, none of which needs a quotation mark. */
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { answers, type Edge } from './http.ts'

/** By `format=csv`, or by an `accept` that names it and not JSON. */
export const wantsCsv = (c: Context<Edge>, format: 'json' | 'csv' | undefined): boolean => {
  const accept = c.req.header('accept') ?? ''
  return format === undefined ? accept.includes('text/csv') && !accept.includes('json') : format === 'csv'
}

export const csvOf = (columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [columns, ...rows].map(cells => `${cells.join(',')}\r\n`).join('')

/** Where the next page is stands in `link`, as RFC 8288 has it. */
export function csvHeaders(c: Context<Edge>, nextCursor: string | null): Record<string, string> {
  const headers = { 'content-type': 'text/csv; charset=utf-8; header=present' }
  if (nextCursor === null) return headers
  const next = new URL(c.req.url)
  next.searchParams.set('cursor', nextCursor)
  next.searchParams.set('format', 'csv')
  return { ...headers, link: `<${next.pathname}${next.search}>; rel="next"` }
}

/** The answers of a route that is read either way. */
export function withCsv<T extends z.ZodType>(description: string, schema: T) {
  const both = answers(description, schema, ['cursor_invalid'])
  const content = { ...both[200].content, 'text/csv': { schema: z.string() } }
  return { ...both, 200: { description, content } }
}
