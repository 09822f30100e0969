/** The client's verbs of an operator's owner, as one part that is loaded when one first acts. */
import { acceptWork } from '@grimoire/client/operator-accept-work'
import { answerSlash } from '@grimoire/client/operator-answer-slash'
import { collectRoyalties } from '@grimoire/client/operator-collect-royalties'
import { changeOperator, registerOperator } from '@grimoire/client/operator-register'
import { addBond, beginUnbonding, cancelUnbonding, withdrawBond } from '@grimoire/client/operator-unbond'

export const verbs = {
  ...{ acceptWork, answerSlash, collectRoyalties, changeOperator, registerOperator },
  ...{ addBond, beginUnbonding, cancelUnbonding, withdrawBond },
}
