/** Which page stands at which address. All but the market are loaded when they are asked for. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { readMachine } from './chat/machine-search.ts'
import { Frame } from './frame/frame.tsx'
import { Lost, Stumbled } from './frame/lost.tsx'
import { MarketPage } from './market/market-page.tsx'
import { readSearch } from './market/search.ts'
import { readStep } from './studio/steps.ts'

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
  validateSearch: readMachine,
  component: lazyRouteComponent(() => import('./chat/chat-page.tsx'), 'ChatPage'),
})

const creator = createRoute({
  getParentRoute: () => root,
  path: '/creators/$creator',
  component: lazyRouteComponent(() => import('./creator/creator-page.tsx'), 'CreatorPage'),
})
const holder = createRoute({
  getParentRoute: () => root,
  path: '/holders/$address',
  component: lazyRouteComponent(() => import('./holder/holder-page.tsx'), 'HolderPage'),
})
const earnings = createRoute({
  getParentRoute: () => root,
  path: '/earnings',
  component: lazyRouteComponent(() => import('./earnings/earnings-page.tsx'), 'EarningsPage'),
})
const operate = createRoute({
  getParentRoute: () => root,
  path: '/operate',
  component: lazyRouteComponent(() => import('./operate/operate-page.tsx'), 'OperatePage'),
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

const economy = createRoute({
  getParentRoute: () => root,
  path: '/economy',
  component: lazyRouteComponent(() => import('./economy/economy-page.tsx'), 'EconomyPage'),
})
const studio = createRoute({
  getParentRoute: () => root,
  path: '/studio',
  component: lazyRouteComponent(() => import('./studio/studio-page.tsx'), 'StudioPage'),
})
const draft = createRoute({
  getParentRoute: () => root,
  path: '/studio/$draftId',
  validateSearch: readStep,
  component: lazyRouteComponent(() => import('./studio/draft-page.tsx'), 'DraftPage'),
})

export const router = createRouter({
  routeTree: root.addChildren([
    market,
    work,
    library,
    chat,
    creator,
    holder,
    earnings,
    operate,
    status,
    trust,
    economy,
    studio,
    draft,
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: Stumbled,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
