// Calls Graph with a token.
export async function callGraph(url, accessToken) {
  const response = await fetch(url, { headers: { Authorization: `Bearer ${accessToken}` } });
  const body = await response.json();
  if (!response.ok) throw new Error(`Graph answered ${response.status}: ${body.error.code}`);
  return body;
}
