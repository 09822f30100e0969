/** What is asked for once by all who need it at the same time, and anew when what is kept is no good any more. */

export type KeptPromises<T> = Map<string, Promise<T>>

/** One that failed is not kept. */
export async function keptOr<T>(
  kept: KeptPromises<T>,
  key: string,
  { isGood, make }: { isGood: (value: T) => boolean | Promise<boolean>; make: () => Promise<T> },
): Promise<T> {
  const pending = kept.get(key)
  if (pending) {
    const known = await pending
    if (await isGood(known)) return known
    // Somebody else has begun to make one while this looked.
    if (kept.get(key) !== pending) return keptOr(kept, key, { isGood, make })
  }
  const making = make()
  kept.set(key, making)
  making.catch(() => {
    if (kept.get(key) === making) kept.delete(key)
  })
  return making
}

/** Unless another has taken its place. */
export async function forget<T>(kept: KeptPromises<T>, key: string, value: T): Promise<void> {
  const pending = kept.get(key)
  if ((await pending) === value && kept.get(key) === pending) kept.delete(key)
}
