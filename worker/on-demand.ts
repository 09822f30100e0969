/** Routes by method and path, whose modules are evaluated when they are first asked: the start of an isolate pays for none of them. */
import type { Context, Handler, MiddlewareHandler } from 'hono'
import { type Door, type Edge, refuse } from './door.ts'
import type { App } from './http.ts'
import { routerPath } from './manner.ts'

/** What a route's module exports: it adds the route to an app. */
type Register = (app: App) => unknown
type Load = () => Promise<Register>
export type Lines = Record<`${'GET' | 'PUT' | 'POST' | 'DELETE'} /${string}`, Load>

/** Every route in one app. */
export async function wholeOf(lines: Lines): Promise<App> {
  const { createRegistry } = await import('./registry.ts')
  const whole = createRegistry()
  const all = await Promise.all(Object.values(lines).map(load => load()))
  for (const register of new Set(all)) register(whole)
  return whole
}

/** Puts the lines behind the door. Answers what to ask for the routes that were read so far. */
export function openOnDemand(door: Door, lines: Lines): () => App | null {
  let opened: App | null = null
  const registered = new Set<Register>()
  const read = async (load: Load): Promise<App> => {
    const { createRegistry } = await import('./registry.ts')
    opened ??= createRegistry()
    const register = await load()
    if (!registered.has(register)) register(opened)
    registered.add(register)
    return opened
  }
  for (const [line, load] of Object.entries(lines)) {
    const [method = '', path = ''] = line.split(' ')
    let steps: Step[] | null = null
    door.on(method, routerPath(path), async c => {
      steps ??= stepsOf(await read(load), method, routerPath(path))
      await inTurn(c, steps)
      return c.res
    })
  }
  return () => opened
}

type Step = Handler<Edge> | MiddlewareHandler<Edge>

function stepsOf(app: App, method: string, path: string): Step[] {
  const steps = app.routes
    .filter(route => route.method === method && route.path === path)
    .map(({ handler }) => handler)
  if (steps.length === 0) throw new Error(`The module of ${method} ${path} adds no such route`)
  return steps
}

/** Each may go on to the next, and finds what became of it in `c.res`: the router does the same with those that it knows. */
async function inTurn(c: Context<Edge>, [step, ...rest]: readonly Step[]): Promise<void> {
  try {
    const answer = await step?.(c, () => inTurn(c, rest))
    if (answer instanceof Response && !c.finalized) c.res = answer
  } catch (error) {
    c.res = refuse(c, error)
  }
}
