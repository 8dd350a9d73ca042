export interface ProblemWords {
  readonly title: string;
  readonly detail: string;
}

/** What a refusal means for a person on a page, where the server's own words are for a program that calls the API. */
const WORDS: Readonly<Record<string, Partial<ProblemWords>>> = {
  app_not_found: { detail: 'It was deleted, or you do not belong to its organization.' },
  app_url_missing: { detail: 'Set the URL of the app in its settings first.' },
  check_not_found: { detail: 'It was deleted, or its address is not complete.' },
  invalid_request: { title: 'The server refused this input' },
  secret_in_use: {
    detail: 'The check settings use it. Take it out there first, or store another value under its name.',
  },
  origin_not_allowed: {
    title: 'This page has another address than the server expects',
    detail: 'Open the dashboard at the address that the server printed when it started.',
  },
};

/** The words for people if there are any for this code, else those of the server. */
export function chooseWords(code: string, words: ProblemWords): ProblemWords {
  return { ...words, ...WORDS[code] };
}
