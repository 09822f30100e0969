/** What a route is made of: the app that it adds itself to, and what it says that it answers and how much it takes. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Edge } from './door.ts'

export { answers, refusals } from './answers.ts'
export type { Edge } from './door.ts'
export { limitOrders, limitPosts, limitSigned, limitSizes, limitWrites } from './limits.ts'

export type App = OpenAPIHono<Edge>
