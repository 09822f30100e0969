/** One turn at a time: a channel is busy until its answer, and the receipt that ends it, has been read. */

export type Queue = <T>(job: () => Promise<T>) => Promise<T>

export function inOrder(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return job => {
    const next = last.then(job, job)
    // Whoever asked for the job hears of its failure; the next one begins all the same.
    last = next.catch(() => undefined)
    return next
  }
}
