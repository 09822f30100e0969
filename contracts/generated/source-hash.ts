/** Hashes of what was compiled and of what came out, compared by `node contracts/compile.ts --check`. */
export const sourceHash = 'e75013a7b87d32b5871c13798f8c4912a898912ed8fbfffdea20652571d1ad4d'
export const generatedHash = '8218990b6217838b21158956717484ef31e71c6208ff02f7eff39a860b26f161'
