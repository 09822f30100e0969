/**
 * Markdown by strangers and by models, as elements and never as markup: no HTML, no picture from anywhere, and a link
 * says where it leads before it is followed. A hidden prompt can write what it likes here; nothing of it is fetched.
 */
import Markdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { hostOf } from './host.ts'

const COMPONENTS: Components = {
  a({ href, children }) {
    const host = hostOf(href)
    if (!host) return <>{children}</>
    return (
      <a href={href} rel="noopener noreferrer nofollow ugc" target="_blank">
        {children}
        <span className="whisper"> ({host})</span>
      </a>
    )
  },
  img: ({ alt, src }) => (
    <span className="chip">
      picture not loaded{alt ? `: ${alt}` : ''}
      {typeof src === 'string' && hostOf(src) ? ` (${hostOf(src)})` : ''}
    </span>
  ),
  // Ticked boxes of a list are a stranger's form control: shown as text.
  input: ({ checked }) => <span>{checked ? '☑ ' : '☐ '}</span>,
}

const PLUGINS = [remarkGfm]

export function Marked({ text }: { text: string }) {
  return (
    <Markdown skipHtml remarkPlugins={PLUGINS} components={COMPONENTS}>
      {text}
    </Markdown>
  )
}
