/** Which page stands at which address. All but the market are loaded when they are asked for. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { Frame } from './frame/frame.tsx'
import { Lost, Stumbled } from './frame/lost.tsx'
import { MarketPage } from './market/market-page.tsx'
import { readSearch } from './market/search.ts'

const root = createRootRoute({ component: Frame, notFoundComponent: Lost })

const market = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readSearch,
  component: MarketPage,
})
const work = createRoute({
  getParentRoute: () => root,
  path: '/works/$workId',
  component: lazyRouteComponent(() => import('./work/work-page.tsx'), 'WorkPage'),
})

const library = createRoute({
  getParentRoute: () => root,
  path: '/library',
  component: lazyRouteComponent(() => import('./library/library-page.tsx'), 'LibraryPage'),
})
const chat = createRoute({
  getParentRoute: () => root,
  path: '/chat/$workId',
  component: lazyRouteComponent(() => import('./chat/chat-page.tsx'), 'ChatPage'),
})

const creator = createRoute({
  getParentRoute: () => root,
  path: '/creators/$creator',
  component: lazyRouteComponent(() => import('./creator/creator-page.tsx'), 'CreatorPage'),
})
const earnings = createRoute({
  getParentRoute: () => root,
  path: '/earnings',
  component: lazyRouteComponent(() => import('./earnings/earnings-page.tsx'), 'EarningsPage'),
})
const status = createRoute({
  getParentRoute: () => root,
  path: '/status',
  component: lazyRouteComponent(() => import('./status/status-page.tsx'), 'StatusPage'),
})
const trust = createRoute({
  getParentRoute: () => root,
  path: '/trust',
  component: lazyRouteComponent(() => import('./trust/trust-page.tsx'), 'TrustPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([market, work, library, chat, creator, earnings, status, trust]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: Stumbled,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
