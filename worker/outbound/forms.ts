/** Hundreds of ways to write an address that an edge must not call, most of them of this very machine. */

const V4 = {
  loopback: [127, 0, 0, 1],
  other: [127, 255, 1, 9],
  unspecified: [0, 0, 0, 0],
  metadata: [169, 254, 169, 254],
  alibaba: [100, 100, 100, 200],
  ten: [10, 0, 0, 1],
  home: [192, 168, 1, 1],
  docker: [172, 17, 0, 1],
} satisfies Record<string, [number, number, number, number]>

const hex = (value: number) => value.toString(16)
const wide = (text: string) =>
  text.replace(/[0-9a-z]/g, char => String.fromCodePoint((char.codePointAt(0) ?? 0) + 0xfee0))
const circled = (text: string) => text.replace(/[1-9]/g, char => '①②③④⑤⑥⑦⑧⑨'[Number(char) - 1] ?? char)
const escaped = (text: string) =>
  text.replace(/./g, char => `%${hex(char.codePointAt(0) ?? 0).padStart(2, '0')}`)

/** Every way in which parsers read one IPv4 address. */
function v4Forms([a, b, c, d]: [number, number, number, number]): string[] {
  const plain = `${a}.${b}.${c}.${d}`
  const whole = ((a * 256 + b) * 256 + c) * 256 + d
  const octal = (value: number) => `0${value.toString(8)}`
  return [
    ...[plain, `${plain}.`, String(whole), `0x${hex(whole)}`, `0X${hex(whole).toUpperCase()}`, octal(whole)],
    ...[[a, b, c, d].map(octal).join('.'), [a, b, c, d].map(part => `0x${hex(part)}`).join('.')],
    ...[`${a}.${b * 65_536 + c * 256 + d}`, `${a}.${b}.${c * 256 + d}`, `0x${hex(a)}.${octal(b)}.${c}.${d}`],
    ...[`00${octal(a)}.${b}.${c}.${d}`, wide(plain), circled(plain), escaped(plain)],
    ...[plain.replaceAll('.', '。'), plain.replaceAll('.', '．'), plain.replaceAll('.', '｡')],
  ]
}

/** The same inside of IPv6, in the ways by which networks carry one in the other. */
function v6Forms([a, b, c, d]: [number, number, number, number]): string[] {
  const [high, low] = [hex(a * 256 + b), hex(c * 256 + d)]
  return [
    ...[`::ffff:${a}.${b}.${c}.${d}`, `::ffff:${high}:${low}`, `0:0:0:0:0:ffff:${high}:${low}`],
    ...[
      `::${high}:${low}`,
      `::ffff:0:${high}:${low}`,
      `64:ff9b::${high}:${low}`,
      `64:ff9b:1::${high}:${low}`,
    ],
    ...[`2002:${high}:${low}::1`, `2001:0:${high}:${low}::`, `fe80::5efe:${high}:${low}`],
  ].map(inner => `[${inner}]`)
}

const V6 = [
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000:0000:0000:0000:0000:0000:0000:0001]', '[fe80::1]'],
  ...[
    '[fe80::1%25lo]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[ff02::1]',
    '[2001:db8::1]',
    '[100::1]',
    '[fec0::1]',
  ],
]

const NAMES = [
  ...['localhost', 'LOCALHOST', 'LocalHost', 'localhost.', 'localhost..', 'a.localhost', 'a.b.localhost.'],
  ...['localhost.localdomain', 'ip6-localhost', 'ip6-loopback', 'broadcasthost', 'loopback', 'kubernetes'],
  ...['metadata', 'metadata.google.internal', 'instance-data.ec2.internal', 'printer.local', 'router.lan'],
  ...['db.corp', 'nas.home', 'nas.home.arpa', 'node.internal', 'node.intranet', 'host.docker.internal'],
  ...['kubernetes.default.svc.cluster.local', 'consul.service.consul', 'a.test', 'a.invalid', 'a.onion'],
  ...[
    '1.0.0.127.in-addr.arpa',
    'ｌｏｃａｌｈｏｓｔ',
    'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
    'loc%61lhost',
    'local\u00adhost',
    'localho\u017ft',
  ],
  ...['xn--127-', 'xn--localhost-', '127.0.0.1.xn--', '-a.example.org', 'a_b.example.org', 'a..example.org'],
  ...['.example.org', 'example.org.', '127.0.0.1.', '127.0.0.1..', '127.0.0.1%00', '127.0.0.1%2f', 'x'],
  ...['127.0.0.1%0d%0aHost:a', '127.0.0.1%20', '127.1', '127.0.1', '0', '0x0', '00', '0177.1', '0x7f.1'],
]

/** Around this machine's own address and port, so that a parser's slip is a connection. */
const tricks = (port: number) => [
  ...[
    `https://user@127.0.0.1:${port}/`,
    `https://user:word@localhost:${port}/`,
    `https://:@127.0.0.1:${port}/`,
  ],
  ...[`https://node.example.org@127.0.0.1:${port}/`, `https://node.example.org:443@127.0.0.1:${port}/`],
  ...[`https://node.example.org%40127.0.0.1:${port}/`, `https://127.0.0.1:${port}#@node.example.org/`],
  ...[`https://127.0.0.1:${port}\\@node.example.org/`, `https://node.example.org\\@127.0.0.1:${port}/`],
  ...[`https:\\\\127.0.0.1:${port}\\`, `https:/127.0.0.1:${port}/`, `https:127.0.0.1:${port}/`],
  ...[`https:///127.0.0.1:${port}/`, `https:////127.0.0.1:${port}/`, `//127.0.0.1:${port}/`],
  ...[` https://127.0.0.1:${port}/`, `https://127.0.0.1:${port}/ `, `https://127.0.\t0.1:${port}/`],
  ...[`https://127.0.0.1\n:${port}/`, `ht\ntps://127.0.0.1:${port}/`, `https://@127.0.0.1:${port}/`],
  ...[
    `https://127.0.0.1\u0000:${port}/`,
    `https://\u202e127.0.0.1:${port}/`,
    `https://127.0.0.1:${port}\u2028/`,
  ],
  ...[`http://127.0.0.1:${port}/`, `HTTP://127.0.0.1:${port}/`, `http://node.example.org:${port}/`],
  ...[`ws://127.0.0.1:${port}/`, `wss://127.0.0.1:${port}/`, `ftp://127.0.0.1:${port}/`, `127.0.0.1:${port}`],
  ...[
    `gopher://127.0.0.1:${port}/`,
    `dict://127.0.0.1:${port}/`,
    `ldap://127.0.0.1:${port}/`,
    `javascript:1`,
  ],
  ...[
    'file:///etc/passwd',
    'data:text/plain,a',
    'blob:https://a.example.org/1',
    'about:blank',
    '',
    'https://',
  ],
  ...['https://:443/', 'https://?', 'https://#', 'https://[', 'https://[::1', 'https://a.example.org:99999/'],
  ...[22, 25, 80, 110, 143, 445, 587, 2375, 3306, 5432, 6379, 9200, 10_250, 11_211, 27_017].map(
    kept => `https://node.example.org:${kept}/`,
  ),
  `https://node.example.org/${'a'.repeat(3_000)}`,
]

/** All distinct; those with a port lead to `port` of this machine wherever some parser lets them. */
export function hostileForms(port: number): string[] {
  const every = Object.values(V4)
  const hosts = [...every.flatMap(v4Forms), ...every.flatMap(v6Forms), ...V6, ...NAMES]
  const addresses = hosts.map(host => `https://${host}:${port}/health`)
  const bare = [...V6, ...NAMES].map(host => `https://${host}/`)
  return [...new Set([...addresses, ...bare, ...tricks(port)])]
}
