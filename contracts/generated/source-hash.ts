/** Hashes of what was compiled and of what came out, compared by `node contracts/compile.ts --check`. */
export const sourceHash = 'aa30980be7c03399ab73ed5a477a71b813e886052ab600daecac45a01d3d29a8'
export const generatedHash = '62602fb84917ce85b15251327055544d1212e829adb0a69f9dae55f3c183c138'
