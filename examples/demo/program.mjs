// A person signs in at a program on their own machine: by a code on another device, and in the system's browser.
import { PublicClientApplication } from "graph-token";
import { check, ends, fields, heading, note, part, token } from "./show.mjs";

const LOGIN = "ada@contoso.example";
const SCOPES = ["User.Read"];

export async function atAProgram(around) {
  heading("A person signs in at a program, without a secret");
  const { people, authorities, graphOrigin } = around;
  if (!people) return note("Skipped: it needs a person.");
  const app = new PublicClientApplication({ auth: { ...people.program, authority: authorities[0].address }, system: { graphOrigin } });

  part("acquireTokenByDeviceCode");
  const byCode = await app.acquireTokenByDeviceCode({
    scopes: SCOPES,
    deviceCodeCallback: ({ message, userCode, deviceCode, interval, expiresIn }) => {
      fields({ message, interval: `${interval} s`, expires_in: `${expiresIn} s`, device_code: ends(deviceCode) });
      people.approve(userCode, LOGIN);
    },
  });
  token(byCode);
  check("the person signed in elsewhere, and is known here", byCode.account.username === LOGIN);

  part("acquireTokenInteractive");
  const inBrowser = await app.acquireTokenInteractive({
    scopes: SCOPES,
    openBrowser: async (address) => {
      const { origin, pathname, searchParams } = new URL(address);
      fields({ address: origin + pathname, ...Object.fromEntries(["redirect_uri", "response_mode", "code_challenge_method"].map((name) => [name, searchParams.get(name)])) });
      note(await people.browse(address, LOGIN));
    },
  });
  token(inBrowser);
  check("the answer came to this machine, and it is the same person", inBrowser.account.homeAccountId === byCode.account.homeAccountId);

  part("Graph's /me, by the program's own fetch");
  const me = await (await app.fetch("/me")).json();
  fields({ displayName: me.displayName, userPrincipalName: me.userPrincipalName });
  await app.signOut({ account: inBrowser.account });
  check("who signs out is forgotten", me.userPrincipalName === LOGIN && (await app.getAllAccounts()).length === 0);
}
