/** Where routes put themselves, with their schemas, middleware and handlers. It answers nothing itself: the door does. */
import { Problem } from '@grimoire/schema/problem'
import { OpenAPIHono, type z } from '@hono/zod-openapi'
import type { App, Edge } from './http.ts'
import { describeSecurity } from './signed-in.ts'

/** The first thing wrong with a request, named by its field. */
function refuseShape(error: z.ZodError): Problem {
  const issue = error.issues[0]
  const param = issue?.path.join('.') ?? ''
  return new Problem('request_invalid', { param, detail: `${param ? `${param}: ` : ''}${issue?.message}.` })
}

export function createRegistry(): App {
  const registry: App = new OpenAPIHono<Edge>({
    defaultHook: result => {
      if (!result.success) throw refuseShape(result.error)
    },
  })
  describeSecurity(registry)
  return registry
}
