/** Where a gateway listens unless it is told otherwise: what the page tells people to type, and the commands' default. */
export const GATEWAY_PORT = 7411

export const gatewayUrl = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}/v1`
