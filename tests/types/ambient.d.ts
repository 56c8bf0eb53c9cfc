declare module "cloudflare:workers" {
  export const waitUntil: ((promise: Promise<unknown>) => void) | undefined;
}
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
