/** Where a stranger's link leads, said before anyone follows it. */

/** The host of a link that leads out, or null when it is none that a browser should follow. */
export function hostOf(href: string | undefined): string | null {
  try {
    const { protocol, host } = new URL(href ?? '')
    return protocol === 'https:' || protocol === 'http:' ? host : null
  } catch {
    return null
  }
}
