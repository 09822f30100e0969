/** Typed data as JSON, in the form that wallets take: the domain's own type named, numbers in decimal digits. */
import type { TypedData } from '@grimoire/schema/trading'

type Field = { readonly name: string; readonly type: string }
type Given = {
  domain: TypedData['domain']
  types: Readonly<Record<string, readonly Field[]>>
  primaryType: string
  message: Readonly<Record<string, string | bigint>>
}

const DOMAIN = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
]

export const onTheWire = ({ domain, types, primaryType, message }: Given): TypedData => ({
  domain,
  types: {
    EIP712Domain: DOMAIN,
    ...Object.fromEntries(Object.entries(types).map(([name, fields]) => [name, [...fields]])),
  },
  primaryType,
  message: Object.fromEntries(Object.entries(message).map(([name, value]) => [name, String(value)])),
})
