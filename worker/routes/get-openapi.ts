/** GET /openapi.json: the routes' own schemas as OpenAPI 3.1. */
import { describe } from '../describe.ts'
import type { App } from '../http.ts'

let rendered: string | null = null

export const getOpenapi = (whole: () => Promise<App>) => (app: App) =>
  app.get('/openapi.json', async c => {
    rendered ??= JSON.stringify(describe(await whole()))
    return c.body(rendered, 200, { 'content-type': 'application/json' })
  })
