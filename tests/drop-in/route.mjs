// Preloaded into a program's process: sends what is meant for Entra and Graph to the services on loopback. The program
// and its library know nothing of it, as little as of a proxy. `DROP_IN_ROUTES` is JSON, from origin to origin.
const routes = new Map(Object.entries(JSON.parse(process.env.DROP_IN_ROUTES)));
const platform = globalThis.fetch;

globalThis.fetch = async function fetch(input, init) {
  const request = input instanceof Request;
  const url = new URL(request ? input.url : input);
  const to = routes.get(url.origin);
  if (!to) {
    // Nothing may leave this machine.
    if (!["127.0.0.1", "localhost", "[::1]"].includes(url.hostname)) throw new TypeError(`no route to ${url.origin}`);
    return platform(input, init);
  }
  const target = new URL(url.pathname + url.search, to);
  if (!request) return platform(target, init);
  const { method, headers, signal, redirect } = new Request(input, init);
  // Read whole, or a body would go out in chunks where the program's own request has a length.
  const body = input.body && !init?.body ? await input.clone().arrayBuffer() : init?.body;
  return platform(target, { method, headers, signal, redirect, body });
};
