// What goes wrong, and what it says.
import { AuthError } from "graph-token";
import { check, fields, heading, part } from "./show.mjs";

export async function whatGoesWrong(around) {
  heading("What goes wrong, and what it says");
  const app = around.client();
  const wrong = around.client({ auth: { clientSecret: "wrong-secret-value", clientCertificate: undefined } });
  await showFailure("a wrong secret", () => wrong.acquireTokenByClientCredential(), "invalid_client");
  await showFailure("an unknown tenant", () => app.acquireTokenByClientCredential({ authority: around.unknownTenant }), "invalid_request");
  await showFailure("a delegated scope", () => app.acquireTokenByClientCredential({ scopes: ["User.Read"] }), "invalid_scope");
}

async function showFailure(what, call, code) {
  part(what);
  try {
    await call();
    check("it is refused", false);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    const aadsts = error.errorCodes[0] ?? /AADSTS(\d+)/.exec(error.message)?.[1];
    fields({ class: error.name, errorCode: error.errorCode, AADSTS: aadsts, hint: error.hint });
    check("it is refused with the reason", error.errorCode === code && error.hint !== "" && aadsts !== undefined);
  }
}
