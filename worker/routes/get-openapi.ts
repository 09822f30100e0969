/** GET /openapi.json: the routes' own schemas as OpenAPI 3.1. */
import type { App } from '../http.ts'

let rendered: string | null = null

export const getOpenapi = (app: App) =>
  app.get('/openapi.json', c => {
    rendered ??= JSON.stringify(
      app.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Grimoire edge',
          version: '1',
          description:
            'Lists, searches and trades sealed works. Nothing here has to be trusted: check it against the chain and the hashes.',
          license: { name: 'MIT' },
        },
      }),
    )
    return c.body(rendered, 200, { 'content-type': 'application/json' })
  })
