// What only the stand-ins have: certificates made on the spot, people who sign in, and a demand for more than a password.
import { readFile } from "node:fs/promises";
import { answerOf, selfSignedCertificate, signIn, signInToForm } from "../../tests/idp/index.mjs";

/** The tests' own: a key, its certificate and two issuers above it. */
const PFX = { file: new URL("../../tests/native/certificates/modern.pfx", import.meta.url), passphrase: "Pässwörd ☂" };

const ON_BEHALF_OF = ({ body }) => body?.requested_token_use === "on_behalf_of";

export async function certificatesOf(idp) {
  const { clientId } = idp.clients.certificate;
  const { privateKey, certificate } = selfSignedCertificate({ commonName: "graph-token demo" });
  return [
    { form: "a PEM made on the spot", clientId, given: { privateKey: privateKey + certificate } },
    { form: "a PFX file, sent with its chain", clientId, given: { privateKey: await readFile(PFX.file), passphrase: PFX.passphrase }, withChain: true },
  ];
}

export function peopleOf(idp) {
  const { web, api, device } = idp.clients;
  return {
    web: { clientId: web.clientId, clientSecret: web.clientSecret },
    api: { clientId: api.clientId, clientSecret: api.clientSecret },
    program: { clientId: device.clientId },
    redirectUri: "http://localhost/redirect",
    /** Walks through the sign-in pages; gives them, and the parameters with which the person came back. */
    async signIn(url, login) {
      const before = idp.log.length;
      const back = await signIn(url, { login });
      const pages = idp.log.slice(before).map(({ method, path, status }) => ({ method, page: withoutIds(path), status }));
      return { pages, address: back.origin + back.pathname, answer: answerOf(back) };
    },
    /** Types a device's code in, on another device. */
    approve: (userCode, login) => idp.approveDevice(userCode, login),
    /** Is the browser that a program opens; gives what the person sees at the end. */
    async browse(url, login) {
      const { action, fields } = await signInToForm(url, { login });
      const response = await fetch(action, { method: "POST", body: new URLSearchParams(fields) });
      return (await response.text()).replace(/<title>.*<\/title>|<[^>]+>/g, "");
    },
    /** The next exchange wants more of the person than a password, as a Conditional Access policy does. */
    demand: (claims) => idp.fault({ status: 400, match: ON_BEHALF_OF, body: {
      error: "interaction_required", error_codes: [50076], suberror: "basic_action", claims,
      error_description: "AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.",
    } }),
  };
}

/** Without the tenant, and without the sign-in's own id. */
function withoutIds(path) {
  return path.split("/").slice(2).map((part) => (part.length > 20 ? "…" : part)).join("/");
}
