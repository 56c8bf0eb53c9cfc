// One request in four notations. Each keeps the body as the package encoded it, so that all send the same bytes; an
// address without a body is one for a person, which is opened and not fetched.

/** `write` takes `{ method, url, headers, body }`, with `body` as its encoded pairs. */
export const FORMATS = [
  { id: "http", label: "HTTP", what: "the raw HTTP request", write: rawHttp },
  { id: "curl", label: "curl", what: "the curl command", write: curl },
  { id: "fetch", label: "fetch", what: "the fetch call", write: fetchCall },
  { id: "powershell", label: "PowerShell", what: "the PowerShell command", write: powershell },
];

export function rawHttp({ method, url, headers, body }) {
  const { host, pathname, search } = new URL(url);
  const head = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return (body.length > 0 ? [...head, "", body.join("&")] : head).join("\n");
}

export function curl({ method, url, headers, body }) {
  const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;
  // curl puts the `&` between the parts itself.
  return [
    `curl --request ${method} ${quote(url)}`,
    ...Object.entries(headers).map(([name, value]) => `--header ${quote(`${name}: ${value}`)}`),
    ...body.map((pair) => `--data-raw ${quote(pair)}`),
  ].join(" \\\n  ");
}

export function fetchCall({ method, url, headers, body }) {
  if (body.length === 0) return `// A person has to see this page: it is opened, not fetched.\nlocation.assign(${JSON.stringify(url)});`;
  return `const response = await fetch(${JSON.stringify(url)}, {
  method: ${JSON.stringify(method)},
  headers: {
${lines(Object.entries(headers).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)},`))}
  },
  body: [
${lines(body.map((pair) => `${JSON.stringify(pair)},`))}
  ].join("&"),
});
const token = await response.json();`;
}

export function powershell({ method, url, headers, body }) {
  // PowerShell takes typographic quotes for plain ones.
  const quote = (text) => `'${text.replace(/['‘’‚‛]/g, "$&$&")}'`;
  if (body.length === 0) return `Start-Process ${quote(url)}`;
  const { "Content-Type": contentType, ...others } = headers;
  const further = Object.entries(others).map(([name, value]) => `${quote(name)} = ${quote(value)}`).join("; ");
  return `$body = @(
${body.map((pair) => `  ${quote(pair)}`).join("\n")}
) -join '&'
$request = @{
  Method      = ${quote(method)}
  Uri         = ${quote(url)}
  ContentType = ${quote(contentType)}${further && `\n  Headers     = @{ ${further} }`}
  Body        = $body
}
$token = Invoke-RestMethod @request`;
}

function lines(texts) {
  return texts.map((text) => `    ${text}`).join("\n");
}
