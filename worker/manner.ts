/** What a middleware adds to the description of each route that it stands before, so that the two cannot disagree. */
import type { ProblemCode } from '@grimoire/schema/problem'
import type { MiddlewareHandler } from 'hono'
import type { App, Edge } from './http.ts'

type Header = {
  description: string
  schema: { type: 'string' | 'integer'; maxLength?: number }
  example?: string
}

export type Manner = {
  /** With what it may refuse. */
  codes?: readonly ProblemCode[]
  /** Headers of the request that it reads, all of them optional. */
  reads?: Record<string, Header>
  /** Headers of the answer that it writes. */
  writes?: Record<string, Header>
  /** Security schemes, by their names in the document; one of them is enough to let a request in. */
  security?: readonly string[]
}

const manners = new WeakMap<object, Manner>()

/** Marks a middleware with what it does. */
export function withManner<E extends Edge = Edge>(
  manner: Manner,
  handler: MiddlewareHandler<E>,
): MiddlewareHandler<E> {
  manners.set(handler, manner)
  return handler
}

/** The manners that really stand before a route: read off the router itself. */
export const mannersOf = (app: App, method: string, path: string): Manner[] =>
  app.routes
    .filter(route => route.method === method.toUpperCase() && route.path === routerPath(path))
    .flatMap(({ handler }) => manners.get(handler) ?? [])

/** `/v1/works/{workId}` as the router writes it. */
export const routerPath = (path: string): string => path.replaceAll(/\/\{(.+?)\}/g, '/:$1')
