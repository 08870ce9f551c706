/** What `/` tells a program. */
export const frontFacts = (version: string) => ({
  name: 'Coffer',
  version,
  what: 'a secrets manager that speaks Kestra’s language',
  console: '/ui/',
  kestra: '/api/v1/{tenant}',
  coffer: '/coffer/v1/{tenant}',
  description: '/openapi.json',
  metrics: '/metrics',
  health: ['/health/live', '/health/ready', '/health/ready/writes'],
  authentication: 'Authorization: Bearer coffer_… (all but /, /health and /ui)',
});

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** What `/` shows in a browser that reaches the gateway at `origin`. */
export const frontPage = (version: string, origin: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Coffer</title>
<link rel="icon" href="/ui/icon.svg" type="image/svg+xml"></head>
<body>
<h1>Coffer ${escapeHtml(version)}</h1>
<p>A secrets manager that speaks Kestra’s language.</p>
<p><a href="/ui/">Open the console</a></p>
<ul>
<li>Kestra’s secrets API: <code>/api/v1/{tenant}</code></li>
<li>Coffer’s own API, which reads values: <code>/coffer/v1/{tenant}</code></li>
<li>Both are described in <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1; needs a token)</li>
<li>Figures for Prometheus: <a href="/metrics">/metrics</a> (needs a token)</li>
<li>Health: <a href="/health/live">/health/live</a>, <a href="/health/ready">/health/ready</a>,
<a href="/health/ready/writes">/health/ready/writes</a></li>
</ul>
<p>Send <code>Authorization: Bearer coffer_…</code>; the token was printed at the first start.</p>
<pre>curl -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -X PUT -d '{"key": "GREETING", "value": "hello"}' ${escapeHtml(origin)}/api/v1/main/namespaces/company.team/secrets
curl -H "Authorization: Bearer $TOKEN" ${escapeHtml(origin)}/coffer/v1/main/namespaces/company.team/values/GREETING</pre>
</body>
</html>
`;
