/** One job for a thread of its own, and its answer: what takes a processor for long does not hold the page up. */
import { asProblem, fromProblemBody, toProblemBody } from '@grimoire/schema/problem'

type Answer<T> = { answer: T } | { refusal: unknown }

/** Ends the thread whatever comes of it: what was made there, keys too, goes with it. */
export function askThread<Job, T>(thread: Worker, job: Job): Promise<T> {
  const answered = new Promise<T>((resolve, reject) => {
    thread.addEventListener('message', ({ data }: MessageEvent<Answer<T>>) => {
      if ('answer' in data) resolve(data.answer)
      else reject(fromProblemBody(data.refusal) ?? new Error(String(data.refusal)))
    })
    thread.addEventListener('error', event => reject(new Error(event.message || 'A thread did not start.')))
  })
  thread.postMessage(job)
  return answered.finally(() => thread.terminate())
}

/** Of the thread: what it does with the job that comes. */
export function answerInThread<Job, T>(act: (job: Job) => Promise<T>): void {
  addEventListener('message', ({ data }: MessageEvent<Job>) => {
    const answer = (sent: Answer<T>) => postMessage(sent)
    act(data).then(
      done => answer({ answer: done }),
      error => answer({ refusal: toProblemBody(asProblem(error)) }),
    )
  })
}
