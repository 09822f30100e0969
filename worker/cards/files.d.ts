/** What the bundler hands over for files that are no code. */
declare module '*.ttf' {
  const data: ArrayBuffer
  export = data
}
declare module '*.wasm' {
  const module: WebAssembly.Module
  export = module
}
