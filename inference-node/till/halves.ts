/** Sends many things in one transaction, and around those that the chain refuses: one bad item holds up no other. */

/** Those that are refused alone are handed to `refused`; any other failure ends the whole. */
export async function inHalves<T, R>(
  items: readonly T[],
  send: (items: readonly T[]) => Promise<R>,
  { isRefusal, refused }: { isRefusal(error: unknown): boolean; refused(item: T): void },
): Promise<R[]> {
  const [first] = items
  if (first === undefined) return []
  try {
    return [await send(items)]
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (items.length === 1) {
      refused(first)
      return []
    }
  }
  const half = Math.ceil(items.length / 2)
  const sides = { isRefusal, refused }
  const left = await inHalves(items.slice(0, half), send, sides)
  return [...left, ...(await inHalves(items.slice(half), send, sides))]
}
