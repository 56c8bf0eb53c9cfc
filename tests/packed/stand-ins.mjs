// Loaded ahead of a program that was written for the real service: `fetch` then goes to the test services, and to
// nothing else. STAND_INS is JSON: the origin that stands in, by the origin that it stands in for.
const standIns = JSON.parse(process.env.STAND_INS ?? "{}");
const send = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  const { origin, pathname, search } = new URL(request.url);
  if (!standIns[origin]) throw new TypeError(`nothing stands in for ${origin}`);
  return send(new Request(standIns[origin] + pathname + search, request));
};
