/** The worker thread that seals: megabytes of cipher beside the page and not in it. It asks the chain who keeps keys, and nobody else. */
import { prepareVersion } from '@grimoire/client/publish-version'
import { prepareWork } from '@grimoire/client/publish-work'
import { asProblem, toProblemBody } from '@grimoire/schema/problem'
import { openMarket } from '../chain/open-market.ts'
import type { SealAnswer, Sealed, SealJob } from './sealing.ts'

async function seal({ creator, workId, ...job }: SealJob): Promise<Sealed> {
  const market = await openMarket()
  const wallet = { account: { address: creator } }
  return workId === undefined
    ? prepareWork(market, { ...job, wallet })
    : prepareVersion(market, { ...job, wallet, workId })
}

addEventListener('message', ({ data }: MessageEvent<SealJob>) => {
  const answer = (sent: SealAnswer) => postMessage(sent)
  seal(data).then(
    sealed => answer({ sealed }),
    error => answer({ refusal: toProblemBody(asProblem(error)) }),
  )
})
