/** The description of the edge as a page: every route with its parameters, answers, refusals and two ways to call it. */
import { html } from 'hono/html'
import type { Answer, Description, Operation } from '../description.ts'
import { exampleOf } from '../example.ts'
import { callsOf } from './calls.ts'
import { boundsOf, fieldsHtml, type Html, typeOf } from './schema-html.ts'

type Route = { method: string; path: string; operation: Operation }

const schemaOf = (content: Answer['content']) => Object.entries(content ?? {})[0]

const verb = (method: string): Html =>
  html`<span class="verb" ${method === 'get' ? '' : html`data-writes`}>${method.toUpperCase()}</span>`

const routesByTag = ({ paths }: Description): Map<string, Route[]> => {
  const groups = new Map<string, Route[]>()
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? 'edge'
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }])
    }
  }
  return groups
}

/** Backticks in the texts of descriptions are the only mark-up that they have. */
const prose = (text: string): Html[] =>
  text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))

/** What every read takes stands once, above all routes. */
function parametersHtml({ parameters: all = [] }: Operation, named: Record<string, unknown>): Html | '' {
  const parameters = all.filter(({ name }) => name !== 'if-none-match')
  if (parameters.length === 0) return ''
  return html`<h4>Parameters</h4>
    <dl>
      ${parameters.map(({ name, in: place, required, description, schema }) => {
        const bounds = boundsOf(schema, named)
        return html`<div>
          <dt><code>${name}</code> ${required ? html`<span class="must">required</span>` : ''}</dt>
          <dd>
            <span class="type">${place}, ${typeOf(schema, named)}${bounds ? `, ${bounds}` : ''}</span><br />
            ${prose(description ?? '')}
          </dd>
        </div>`
      })}
    </dl>`
}

function bodyHtml({ requestBody }: Operation, named: Record<string, unknown>): Html | '' {
  const [type, told] = schemaOf(requestBody?.content) ?? []
  if (!type) return ''
  return html`<h4>Body, <code>${type}</code></h4>
    ${fieldsHtml(told?.schema, named)}`
}

function answerHtml([status, answer]: [string, Answer], named: Record<string, unknown>): Html {
  const [type, told] = schemaOf(answer.content) ?? []
  const codes = answer['x-codes']
  const example = type?.includes('json') && !codes ? exampleOf(told?.schema, named) : undefined
  return html`<details>
    <summary><code>${status}</code> <span>${codes ? codes.map(code => html`<code>${code}</code> `) : prose(answer.description)}</span></summary>
    ${codes ? html`<p>${prose(answer.description)}</p>` : ''}
    ${type && !codes ? html`<p class="type">${type}</p>` : ''} ${codes ? '' : fieldsHtml(told?.schema, named)}
    ${example === undefined ? '' : html`<pre tabindex="0">${JSON.stringify(example, null, 2)}</pre>`}
  </details>`
}

function routeHtml({ method, path, operation }: Route, named: Record<string, unknown>): Html {
  const calls = callsOf({ method, path, operation, named })
  return html`<article id="${operation.operationId}">
    <h3><a href="#${operation.operationId}">${operation.summary ?? path}</a></h3>
    <p class="path">${verb(method)} <code>${path}</code></p>
    ${operation.description ? html`<p>${prose(operation.description)}</p>` : ''}
    ${operation.security ? html`<p class="must">Asks who you are: ${operation.security.flatMap(Object.keys).join(' or ')}</p>` : ''}
    ${parametersHtml(operation, named)} ${bodyHtml(operation, named)}
    <h4>Answers</h4>
    ${Object.entries(operation.responses).map(answer => answerHtml(answer, named))}
    <details>
      <summary>How to call it</summary>
      <h4>curl</h4>
      <pre tabindex="0">${calls.curl}</pre>
      <h4>TypeScript</h4>
      <pre tabindex="0">${calls.typescript}</pre>
    </details>
  </article>`
}

const topHtml = ({ info }: Description): Html =>
  html`<header class="top">
    <h1>${info.title}</h1>
    ${info.description.split('\n\n').map(text => html`<p>${prose(text)}</p>`)}
    <p>
      The address of this edge is <code class="edge">where you read this</code>; the examples call it <code>$EDGE</code>. The
      same in one file: <a href="/openapi.json">openapi.json</a>.
    </p>
    <form role="search" hidden>
      <label for="search">Find a route, a field or a refusal (press /)</label>
      <input id="search" type="search" autocomplete="off" spellcheck="false" maxlength="200" />
      <output id="found" for="search"></output>
    </form>
  </header>`

const entryHtml = ({ method, path, operation }: Route): Html =>
  html`<li><a href="#${operation.operationId}">${verb(method)} <span>${path.replace('/v1/', '')}</span></a></li>`

const groupEntriesHtml = ([tag, routes]: [string, Route[]]): Html =>
  html`<div>
    <strong>${tag}</strong>
    <ol>
      ${routes.map(entryHtml)}
    </ol>
  </div>`

export function docsPage(document: Description): Html {
  const named = document.components.schemas ?? {}
  const groups = [...routesByTag(document)].sort(([a], [b]) => (a < b ? -1 : 1))
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.info.title}: its API</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/docs/style.css" />
        <script type="module" src="/docs/script.js"></script>
      </head>
      <body>
        <a class="skip" href="#routes">To the routes</a>
        ${topHtml(document)}
        <div class="columns">
          <nav aria-label="Routes">${groups.map(groupEntriesHtml)}</nav>
          <main id="routes">
            ${groups.map(
              ([tag, routes]) => html`<section>
                <h2>${tag}</h2>
                ${routes.map(route => routeHtml(route, named))}
              </section>`,
            )}
          </main>
        </div>
      </body>
    </html>`
}
