/** The tags by which other sites show a page of ours: Open Graph, Twitter's card, oEmbed and the feed beside it. */
import { CARD_HEIGHT, CARD_WIDTH } from '@grimoire/schema/card-order'
import { markup } from '@grimoire/schema/markup'
import type { Context } from 'hono'
import type { Edge } from './http.ts'

export type Preview = {
  title: string
  description: string
  url: string
  feedUrl: string
  image?: { url: string; alt: string }
}

const property = (name: string, content: string) => markup`<meta property="${name}" content="${content}">`
const named = (name: string, content: string) => markup`<meta name="${name}" content="${content}">`

function tagsOf({ title, description, url, feedUrl, image }: Preview): string {
  const oembed = `${new URL(url).origin}/oembed?${new URLSearchParams({ url })}`
  return [
    markup`<link rel="canonical" href="${url}">`,
    markup`<link rel="alternate" type="application/rss+xml" title="New works" href="${feedUrl}">`,
    property('og:site_name', 'Grimoire'),
    property('og:type', 'website'),
    property('og:title', title),
    property('og:description', description),
    property('og:url', url),
    named('twitter:card', image ? 'summary_large_image' : 'summary'),
    named('twitter:title', title),
    named('twitter:description', description),
    ...(image
      ? [
          markup`<link rel="alternate" type="application/json+oembed" title="${title}" href="${oembed}">`,
          property('og:image', image.url),
          property('og:image:type', 'image/png'),
          property('og:image:width', String(CARD_WIDTH)),
          property('og:image:height', String(CARD_HEIGHT)),
          property('og:image:alt', image.alt),
          named('twitter:image', image.url),
          named('twitter:image:alt', image.alt),
        ]
      : []),
  ].join('')
}

/** The page itself, as it is built. With nothing to show of it, it is kept out of search engines. */
export async function showPage(c: Context<Edge>, preview: Preview | null): Promise<Response> {
  const page = await c.env.ASSETS.fetch(new Request(new URL('/', c.req.url)))
  // It is another text than the file now: what was said of the file's bytes does not hold.
  const headers = new Headers(page.headers)
  for (const name of ['etag', 'content-length', 'last-modified']) headers.delete(name)
  const plainPage = new Response(page.body, { status: page.status, headers })
  if (!preview) {
    const hide = (head: Element) => void head.append(named('robots', 'noindex'), { html: true })
    return new HTMLRewriter().on('head', { element: hide }).transform(plainPage)
  }
  return new HTMLRewriter()
    .on('title', { element: title => void title.setInnerContent(`${preview.title} · Grimoire`) })
    .on('meta[name="description"]', {
      element: meta => void meta.setAttribute('content', preview.description),
    })
    .on('head', { element: head => void head.append(tagsOf(preview), { html: true }) })
    .transform(plainPage)
}

/** A page is shown even when the index cannot say what is on it: the page asks the chain itself. */
export async function orNothing<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found
  } catch {
    return null
  }
}
