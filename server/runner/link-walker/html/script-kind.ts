import type { Attributes } from './attributes.ts';

const JAVASCRIPT_TYPES = new Set(
  'application/ecmascript application/javascript application/x-ecmascript application/x-javascript text/ecmascript text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3 text/javascript1.4 text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript'.split(
    ' ',
  ),
);

/**
 * How browsers run a `script` element; `null` when they do not: one of another type holds data, and `nomodule` is for
 * browsers of the past.
 */
export function scriptKind(attributes: Attributes): 'script' | 'module' | null {
  const type = scriptType(attributes);
  if (type === 'module') {
    return 'module';
  }
  return JAVASCRIPT_TYPES.has(type) && !attributes.has('nomodule') ? 'script' : null;
}

function scriptType(attributes: Attributes): string {
  const type = attributes.get('type');
  const language = attributes.get('language') ?? '';
  if (type === '' || (type === undefined && language === '')) {
    return 'text/javascript';
  }
  return type === undefined ? `text/${language.toLowerCase()}` : type.trim().toLowerCase();
}
