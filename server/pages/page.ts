export interface Page {
  readonly title: string;
  readonly paragraphs: readonly (
    | string
    | { readonly code: string }
    | { readonly href: string; readonly text: string }
  )[];
}

const STYLE = `
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 10vh auto; padding: 0 1rem; overflow-wrap: anywhere; }
  pre { padding: .75rem 1rem; border: 1px solid; border-radius: .5rem; white-space: pre-wrap; }`;

/** The style's address; pages link to it since the Content-Security-Policy allows no inline styles. */
export const STYLE_PATH = '/style.css';
export const style = STYLE;

/** A small page of text. All of it is escaped. */
export function renderPage({ title, paragraphs }: Page): string {
  const body = paragraphs.map((part) => {
    if (typeof part === 'string') {
      return `<p>${escapeHtml(part)}</p>`;
    }
    return 'code' in part
      ? `<pre><code>${escapeHtml(part.code)}</code></pre>`
      : `<p><a href="${escapeHtml(part.href)}">${escapeHtml(part.text)}</a></p>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Qassandra</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
