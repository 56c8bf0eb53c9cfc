// Each request of the package and its answer, masked before anything keeps them.
import { maskedBody, maskedForm, maskedHeaders, maskedUrl } from "./masks.mjs";

const SHOWN_CHARACTERS = 20_000;

/** A fetch by way of `send` that tells `onExchange` of each exchange: what was asked, and the promise of what `ended` it. */
export function watchedFetch(send, onExchange) {
  return async (input, init) => {
    const request = new Request(input, init);
    const form = await request.clone().text();
    const started = performance.now();
    const { promise: ended, resolve: end } = Promise.withResolvers();
    onExchange({
      at: new Date(), method: request.method, url: maskedUrl(request.url), headers: maskedHeaders(request.headers), body: maskedForm(form), ended,
    });
    const ms = () => Math.round(performance.now() - started);
    try {
      const response = await send(request);
      end(await answerOf(response.clone(), ms()));
      return response;
    } catch (error) {
      end({ failure: error.message, ms: ms() });
      throw error;
    }
  };
}

async function answerOf(response, ms) {
  const { status, statusText, headers } = response;
  const text = await response.text().catch((error) => `(not read: ${error.message})`);
  return { status, statusText, headers: maskedHeaders(headers), body: maskedBody(text).slice(0, SHOWN_CHARACTERS), ms };
}
