/** GET /feed.xml: the newest works, for a feed reader. */
import { feed } from '../feed.ts'
import type { App } from '../http.ts'

export const getFeed = (app: App) => app.get('/feed.xml', c => feed(c))
