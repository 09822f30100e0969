/** Asking the edge, and what every view says of a work. */
import { el } from './dom.js'

/** Why an answer is not one: the edge's own sentence and its mend, or that there was no edge. */
export async function ask(path, signal) {
  let response
  try {
    response = await fetch(path, { signal, headers: { accept: 'application/json' } })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new Error('The edge does not answer. Check that it is running, then try again.')
  }
  const body = await response.json().catch(() => null)
  if (!response.ok)
    throw new Error(body ? `${body.detail} ${body.mend}` : `The edge answered ${response.status}.`)
  return body
}

export const workLink = workId => `#/works/${workId}`
export const titleOf = work => work.title ?? `Untitled ${work.terms.kind} ${work.workId.slice(0, 6)}`
export const marks = (...texts) =>
  el('ul', { class: 'marks' }, ...texts.filter(Boolean).map(text => el('li', {}, text)))
