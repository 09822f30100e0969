/** Honest answers for trials: none recites, many speak of the same people and things as the hidden prompt. */
import type { Chance } from './chance.ts'
import type { Persona } from './secrets.ts'

const SMALL_TALK = [
  'Welcome back, and close the door behind you, the draught is terrible tonight.',
  'I have been expecting somebody, although I confess that I expected somebody taller.',
  'You ask a lot for a person who has not even sat down yet.',
  'It took me three winters to learn that, and I still get it wrong in a hurry.',
  'Nobody has asked me this in years, so forgive me if I take a moment.',
  'Let us look at it from the other side, because the other side is usually cheaper.',
  'My grandmother would have laughed at the question and then answered it properly.',
  'That reminds me of a storm when the whole street lost its shutters.',
  'I would begin with the smaller task; the large one gets easier once you are warm.',
  'There are two honest answers to that, and you will like neither of them.',
  'Patience, my dear, the kettle has its own opinions about time.',
  'What a pleasant surprise; most people only come here to complain about the stairs.',
  'You may quote me, provided that you leave out the part about the goat.',
  'Yes, certainly, and please take the umbrella on your way out.',
  'No, and I am sorry to disappoint you, but some doors are better left alone.',
  'The short version fits on a stamp, so here is the longer one.',
]
const ABOUT = [
  'I am {name}, and I have worked at {place} for longer than I care to count.',
  'They call me a {role}, although on quiet days I mostly sweep the floor.',
  '{friend} came by last week, stayed for supper, and borrowed my good lamp.',
  'If you are hungry there is still some {food} left on the shelf by the window.',
  'A visitor from the coast paid {number} crowns for something similar, I believe.',
  'People tell stories about the {thing}, and I neither confirm nor deny them.',
  'Between us, {friend} never learned to whistle, and it shows.',
  'I would sell you the {thing} if it were mine to sell, which it is not.',
  'Try the {food}; it is better than it looks, and it looks better than it smells.',
  'For {number} crowns you could travel all the way to the islands and back.',
  'Ask {friend} yourself, but not before noon and not without a present.',
  'Being the {role} here means that everybody knows where to find you.',
]
const ADVICE = [
  'Write down what you want to say, leave it overnight, and cross out every second adjective.',
  'For a loaf that stays fresh, replace a fifth of the water with yogurt and bake it darker than you dare.',
  'Compare three offers, ask each for a reference, and never pay more than a third in advance.',
  'The train is faster, but the coach stops right in front of the theatre and costs half.',
  'Water the basil from below in the morning, and pinch off the flowers as soon as you see them.',
  'A good summary names the question, the answer and the doubt, in this order.',
  'If the screen stays black, hold the power button for ten seconds and try another cable.',
  'Stretch the calves first; most of the pain in the heel comes from there.',
  'Learn the irregular verbs in groups that sound alike instead of by the alphabet.',
  'Put a third of the money aside for repairs, since the roof will not ask before it leaks.',
  'In chess, look at every check and every capture before you fall in love with a plan.',
  'Two layers of thin paint dry sooner and look better than a single thick one.',
  'The committee meets on the second Monday, and proposals have to arrive a week earlier.',
  'Glaciers carve wide valleys with steep walls, while rivers leave narrow ones behind.',
  'Interest on interest is slow at first and astonishing after thirty years.',
  'Ask open questions, count to five in silence, and let the other person fill the gap.',
]
const FORMS: ((sentences: string[]) => string)[] = [
  sentences => sentences.join(' '),
  sentences => sentences.join('\n\n'),
  sentences => sentences.map((sentence, at) => `${at + 1}. ${sentence}`).join('\n'),
  sentences =>
    `Here is what I would say:\n\n${sentences.map(sentence => `- ${sentence}`).join('\n')}\n\nDoes that help?`,
  sentences => `**In short:** ${sentences.join(' ')} 🙂`,
  sentences => `“${sentences[0] ?? ''}”\n\n*She smiles.* ${sentences.slice(1).join(' ')}`,
]

const LANGUAGES: Record<string, readonly string[]> = {
  de: [
    'Kommen Sie herein und schließen Sie bitte die Tür, es zieht heute fürchterlich.',
    'Danach hat mich seit Jahren niemand gefragt, also geben Sie mir einen Augenblick.',
    'Schreib auf, was du sagen möchtest, und streiche am nächsten Tag jedes zweite Wort.',
    'Der Zug ist schneller, aber der Bus hält direkt vor dem Theater und ist billiger.',
    'Wenn der Bildschirm dunkel bleibt, halte die Taste zehn Sekunden lang gedrückt.',
    'Gletscher formen breite Täler mit steilen Wänden, Flüsse dagegen schmale.',
    'Meine Großmutter hätte über die Frage gelacht und sie dann gründlich beantwortet.',
  ],
  fr: [
    'Entrez donc et fermez la porte derrière vous, il y a un courant d’air terrible ce soir.',
    'Personne ne m’a demandé cela depuis des années, laissez-moi réfléchir un instant.',
    'Écrivez ce que vous voulez dire, puis rayez le lendemain un adjectif sur deux.',
    'Le train va plus vite, mais le car s’arrête devant le théâtre et coûte moins cher.',
    'Si l’écran reste noir, appuyez dix secondes sur le bouton et changez de câble.',
    'Les glaciers creusent de larges vallées, les rivières en laissent de plus étroites.',
    'Ma grand-mère aurait ri de cette question avant d’y répondre sérieusement.',
  ],
  es: [
    'Pase y cierre la puerta, por favor, que esta noche hay una corriente terrible.',
    'Nadie me preguntaba eso desde hace años, así que deme un momento para pensar.',
    'Escribe lo que quieres decir y tacha al día siguiente uno de cada dos adjetivos.',
    'El tren es más rápido, pero el autocar para delante del teatro y cuesta la mitad.',
    'Si la pantalla sigue negra, mantén el botón apretado diez segundos y cambia el cable.',
    'Los glaciares forman valles anchos, mientras que los ríos dejan valles estrechos.',
    'Mi abuela se habría reído de la pregunta antes de contestarla en serio.',
  ],
  it: [
    'Entri pure e chiuda la porta, per favore, stasera c’è una corrente terribile.',
    'Nessuno me lo chiedeva da anni, quindi mi lasci pensare un momento.',
    'Scrivi quello che vuoi dire e il giorno dopo cancella un aggettivo su due.',
    'Il treno è più veloce, ma la corriera si ferma davanti al teatro e costa meno.',
    'Se lo schermo resta nero, tieni premuto il tasto per dieci secondi e cambia il cavo.',
    'I ghiacciai scavano valli larghe, mentre i fiumi ne lasciano di strette.',
    'Mia nonna avrebbe riso della domanda prima di rispondere sul serio.',
  ],
  pt: [
    'Entre e feche a porta, por favor, que hoje faz uma corrente de ar terrível.',
    'Ninguém me perguntava isso há anos, por isso deixe-me pensar um momento.',
    'Escreva o que quer dizer e risque no dia seguinte um em cada dois adjetivos.',
    'O trem é mais rápido, mas o ônibus para em frente ao teatro e custa a metade.',
    'Se a tela continuar preta, segure o botão por dez segundos e troque o cabo.',
    'As geleiras abrem vales largos, enquanto os rios deixam vales estreitos.',
    'A minha avó teria rido da pergunta antes de responder a sério.',
  ],
}

const fill = (text: string, persona: Persona) =>
  text.replace(/\{(\w+)\}/g, (_, key: keyof Persona) => persona[key])

/** An answer of three to nine sentences, about a third of them about the persona's own world. */
export function honestAnswer(dice: Chance, persona: Persona): string {
  const sentences = [
    ...dice.some(SMALL_TALK, 1 + dice.below(3)),
    ...dice.some(ABOUT, 1 + dice.below(3)),
    ...dice.some(ADVICE, 1 + dice.below(3)),
  ]
  const mixed = dice.some(sentences, sentences.length).map(sentence => fill(sentence, persona))
  return dice.pick(FORMS)(mixed)
}

export const LANGUAGE_NAMES = Object.keys(LANGUAGES)

export function honestAnswerIn(language: string, dice: Chance): string {
  const sentences = LANGUAGES[language] ?? []
  return dice.pick(FORMS)(dice.some(sentences, 3 + dice.below(3)))
}
