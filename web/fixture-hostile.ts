/** Strangers' words that try to run, to load from elsewhere, or to turn the text around them. */

const CALLS = ['alert(1)', 'window.ran=1', 'fetch("https://evil.example/x")']
const TAGS = [
  (call: string) => `<script>${call}</script>`,
  (call: string) => `<img src=x onerror='${call}'>`,
  (call: string) => `<svg onload='${call}'>`,
  (call: string) => `<iframe srcdoc="<script>${call}</script>">`,
  (call: string) => `<details open ontoggle='${call}'>`,
  (call: string) => `<math><mtext><style><img src=x onerror='${call}'></style>`,
  (call: string) => `"><body onload='${call}'>`,
  (call: string) => `<a href="javascript:${call}">click</a>`,
  (call: string) => `[click](javascript:${call})`,
  (call: string) => `[click](JaVaScRiPt:${call})`,
  (call: string) => `[click](data:text/html,<script>${call}</script>)`,
  (call: string) => `<form action="javascript:${call}"><button>go</button></form>`,
  (call: string) => `<object data="javascript:${call}">`,
  (call: string) => `<base href="javascript:${call}//">`,
  (call: string) => `<meta http-equiv=refresh content="0;url=javascript:${call}">`,
  (call: string) => `{{constructor.constructor('${call}')()}}`,
]
const LOADS = [
  '![](#)',
  '![p](#)',
  '[![p](#)](#)',
  '<img src="#">',
  '<link rel=stylesheet href="#">',
  '![][r]\n\n[r]: #',
]
const HOSTS = [
  'https://evil.example/?q=1',
  '//evil.example/p.png',
  'http://evil.example:81/a',
  'https://[::ffff:1.2.3.4]/',
]
const TURNS = [
  '\u202egnp.exe',
  'a\u2066b\u2069',
  'x\u200b\u200b\u200by',
  '\ufeff\u0007',
  '\u{e0041}\u{e0042}',
]

/** Some five hundred texts: each call in each tag, each host in each way to load from it, framed in several ways. */
const FRAMES = [
  (text: string) => text,
  (text: string) => `Nice. ${text}`,
  (text: string) => `- ${text}`,
  (text: string) => `> ${text}\n\n| a | b |\n|-|-|\n| ${text} | c |`,
  (text: string) => `\`\`\`\n${text}`,
  (text: string) => `**${text}`,
  (text: string) => `# ${text}\n${text}`,
]
export const hostileTexts = (): string[] => [
  ...FRAMES.flatMap(frame => [
    ...CALLS.flatMap(call => TAGS.map(tag => frame(tag(call)))),
    ...HOSTS.flatMap(host => LOADS.map(load => frame(load.replaceAll('#', host)))),
  ]),
  ...TURNS,
]
