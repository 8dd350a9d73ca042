/**
 * The page for a sign-in link that does not work. It needs no file of the dashboard, so it also works where the
 * dashboard was not built.
 */
export const INVALID_LINK_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>This sign-in link does not work · Qassandra</title>
<link rel="stylesheet" href="/sign-in/style.css">
</head>
<body>
<main>
<h1>This sign-in link does not work</h1>
<p>A link works once, for 15 minutes. Print a new one in the folder of the server:</p>
<pre><code>npm run sign-in</code></pre>
<p>Or one for a person of their own:</p>
<pre><code>npm run sign-in -- --email ada@example.com</code></pre>
<p>Signed in already? <a href="/">Go to your apps</a>.</p>
</main>
</body>
</html>
`;

/** A file of its own: the Content-Security-Policy allows no inline styles. */
export const INVALID_LINK_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 40rem; margin: 10vh auto; padding: 0 1rem; overflow-wrap: anywhere; }
pre { padding: 0.75rem 1rem; border: 1px solid; border-radius: 0.5rem; white-space: pre-wrap; }
a { color: light-dark(#4f46c8, #a5a0ff); }
`;
