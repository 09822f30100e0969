/** Hashes of what was compiled and of what came out, compared by `node contracts/compile.ts --check`. */
export const sourceHash = 'e75013a7b87d32b5871c13798f8c4912a898912ed8fbfffdea20652571d1ad4d'
export const generatedHash = '15514926e43020de56adbd5ba2e6d7f5ab2ded9fd1403072a1cf4524b4dcf35b'
