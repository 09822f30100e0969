/** GET /docs: the description of the edge as a page, with its own style and script and nothing from anywhere else. */
import type { Context } from 'hono'
import { describe } from '../describe.ts'
import { docsPage } from '../docs/page.ts'
import { SCRIPT } from '../docs/script.ts'
import { STYLE } from '../docs/style.ts'
import type { App, Edge } from '../http.ts'

const POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

let rendered: string | null = null

const file = (body: string, type: string) => (c: Context<Edge>) =>
  c.body(body, 200, { 'content-type': `${type}; charset=utf-8` })

export const getDocs = (whole: () => Promise<App>) => (app: App) =>
  app
    .get('/docs', async c => {
      rendered ??= String(await docsPage(describe(await whole())))
      return c.body(rendered, 200, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': POLICY,
      })
    })
    .get('/docs/style.css', file(STYLE, 'text/css'))
    .get('/docs/script.js', file(SCRIPT, 'text/javascript'))
