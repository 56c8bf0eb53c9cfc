// A token by a certificate in place of a secret: the file is read, and what signs for the application is shown as it was sent.
import { readCertificate } from "graph-token/certificate";
import { check, fields, heading, note, part, token } from "./show.mjs";

export async function byCertificate(around) {
  heading("A token by a certificate");
  if (around.certificates.length === 0) note("Skipped: set GRAPH_TOKEN_CERTIFICATE (and GRAPH_TOKEN_CERTIFICATE_PASSPHRASE) to see it.");
  for (const { form, clientId, given, withChain } of around.certificates) {
    part(`${form}: what it holds`);
    const read = await readCertificate(given);
    const links = read.chain.match(/-----BEGIN CERTIFICATE-----/g).length;
    fields({
      thumbprint: read.thumbprint,
      "SHA-256": read.thumbprintSha256,
      valid: `${read.notBefore.toLocaleDateString()} – ${read.notAfter.toLocaleDateString()}`,
      certificates: links,
      warnings: read.warnings.join("; ") || "none",
    });
    around.registerCertificate(read.certificate);

    part(`${form}: the request's assertion`);
    const { sent, system } = watched();
    const clientCertificate = withChain ? { ...given, x5c: read.chain } : given;
    const result = await around.client({ auth: { clientId, clientSecret: undefined, clientCertificate }, system }).acquireTokenByClientCredential();
    const { header, claims } = assertionOf(sent);
    fields({
      alg: header.alg,
      "x5t#S256": header["x5t#S256"],
      x5c: header.x5c ? `${header.x5c.length} certificates` : "not sent",
      aud: claims.aud,
      lifetime: `${claims.exp - claims.nbf} s`,
    });
    check("the request is signed with PS256, and names the certificate", header.alg === "PS256"
      && header["x5t#S256"] === Buffer.from(read.thumbprintSha256, "hex").toString("base64url"));
    if (withChain) check("the chain is sent along", header.x5c?.length === links);

    part(`${form}: the token`);
    token(result);
    check("it is new and serves", !result.fromCache && result.expiresOn > new Date());
  }
}

/** The platform's fetch, and the forms that were posted with it. */
function watched() {
  const sent = [];
  const watching = (url, init) => {
    if (init.method === "POST") sent.push(new URLSearchParams(init.body));
    return fetch(url, init);
  };
  return { sent, system: { fetch: watching } };
}

/** The parts of the assertion that may be shown: without the signature it is worth nothing. */
function assertionOf(sent) {
  const [header, claims] = sent[0].get("client_assertion").split(".").slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  return { header, claims };
}
