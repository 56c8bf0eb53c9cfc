// What the page shows.
const element = (id) => document.getElementById(id);

export function showAccount(account) {
  element("signed-out").hidden = Boolean(account);
  element("signed-in").hidden = !account;
  element("account").textContent = account ? `${account.name} (${account.username})` : "";
}

export function showProfile({ displayName, mail, id }) {
  element("profile").replaceChildren(...rows({ Name: displayName, Mail: mail, Id: id }));
}

export function showPeople({ value }) {
  element("people").replaceChildren(...value.map(({ displayName }) => text("li", displayName)));
}

/** Without an error, the last one goes. */
export function showError(error) {
  element("error").textContent = error ? error.errorCode ?? error.message : "";
}

const rows = (values) => Object.entries(values).flatMap(([name, value]) => [text("dt", name), text("dd", value)]);

function text(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}
