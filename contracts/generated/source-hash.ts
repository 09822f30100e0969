/** Hashes of what was compiled and of what came out, compared by `node contracts/compile.ts --check`. */
export const sourceHash = '0e7b5d3b0cb66854699b8c5c2089ca88d428d033e20c98c094cab158d29f65f7'
export const generatedHash = '8218990b6217838b21158956717484ef31e71c6208ff02f7eff39a860b26f161'
