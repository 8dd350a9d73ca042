import { z } from 'zod';

/** Characters. Longer URLs are not stored; browsers and GitHub stay below this. */
const URL_LIMIT = 2_048;

/**
 * A find of GitHub. The key is removed with any place, so an undocumented place counts as missing.
 */
export const leakReportSchema = z
  .array(
    z.object({
      token: z.string().meta({ description: 'What matched the pattern.' }),
      type: z.string().meta({ description: 'The name of the registered pattern.' }),
      url: z
        .string()
        .nullable()
        .catch(null)
        .optional()
        .meta({ description: 'The place of the leak; may be empty.' }),
      source: z
        .string()
        .nullable()
        .catch(null)
        .optional()
        .meta({ description: 'In what it was found.', example: 'commit' }),
    }),
  )
  .meta({ id: 'LeakReport', description: 'The body of a secret scanning alert, as GitHub sends it.' });

export const leakLabelsSchema = z
  .array(
    z.object({
      token_hash: z.string().meta({ description: 'SHA-256 of the token, as 64 hexadecimal digits.' }),
      token_type: z.string(),
      label: z.enum(['true_positive', 'false_positive']),
    }),
  )
  .meta({ id: 'LeakLabels', description: 'One label for each match, in the order of the report.' });

export type LeakMatch = z.infer<typeof leakReportSchema>[number];
export type LeakLabels = z.infer<typeof leakLabelsSchema>;

/** The URL of the place, for the admin's page: http or https, without user name and password. Else `null`. */
export function parseLeakUrl(value: string | null | undefined): string | null {
  const url = URL.parse(value ?? '');
  const isWeb = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isWeb && url.href.length <= URL_LIMIT ? url.href : null;
}

/** GitHub's word for the kind of place, like `commit`, in lower case: its documentation capitalises some. */
export function parseLeakSource(value: string | null | undefined): string | null {
  const source = value?.toLowerCase() ?? '';
  return /^[a-z_]{1,64}$/.test(source) ? source : null;
}
