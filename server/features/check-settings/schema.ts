import { z } from 'zod';
import { createTextSchema } from '../../http/field-schemas.ts';
import {
  DEFAULT_EXCLUDE,
  DEFAULT_SETTING_LIMITS,
  type CheckSettings as RunnerCheckSettings,
} from '../../runner/contract.ts';
import type { Fits } from '../checks/schema.ts';

const REFERENCES = 'May contain secrets of the app: `{{NAME}}`.';

function createIntSchema(lowest: number, highest: number) {
  const error = `must be a whole number from ${lowest} to ${highest}`;
  return z.int({ error }).min(lowest, { error }).max(highest, { error });
}

const patternSchema = createTextSchema(500).min(1, { error: 'must not be empty' });
const patternsSchema = z.array(patternSchema).max(100, { error: 'must have at most 100 patterns' });

/** An HTTP token. Not `__proto__`, which is special in JavaScript. */
const headerNameSchema = z.string().regex(/^(?!__proto__$)[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, {
  error: 'is not the name of a header',
});
/** What a client can send as the value of a header. */
export const HEADER_VALUE = /^[\x21-\x7e\x80-\xff]([\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;
/** What a client can send within its user agent. */
export const USER_AGENT = /^[\x20-\x7e]*[\x21-\x7e][\x20-\x7e]*$/;

const headerValueSchema = z
  .string()
  .max(8_192)
  .regex(HEADER_VALUE, { error: 'must be one line of Latin-1 text, without spaces at its ends' });

/** The shape of an answer, without a default. */
export const checkSettingsSchema = z
  .strictObject({
    max_pages: createIntSchema(1, 50_000).meta({ description: 'Pages that are opened.' }),
    max_depth: createIntSchema(0, 1_000)
      .nullable()
      .meta({ description: "Links from the app's URL to a page. `null`: any number." }),
    time_limit_seconds: createIntSchema(10, 3_600),
    page_timeout_seconds: createIntSchema(1, 120),
    requests_at_once: createIntSchema(1, 32).meta({ description: 'To one host.' }),
    include: patternsSchema.meta({
      description: 'Globs for path and query. The check opens only pages that match one. Empty: all pages.',
    }),
    exclude: patternsSchema.meta({
      description: 'Globs for path and query. The check does not open pages that match one.',
    }),
    external_links: z.boolean().meta({ description: 'Whether the check also tries links to other origins.' }),
    fragments: z.boolean().meta({ description: 'Whether a missing `#target` is a failure.' }),
    headers: z
      .record(headerNameSchema, headerValueSchema)
      .refine((headers) => Object.keys(headers).length <= 50, { error: 'must have at most 50 headers' })
      .meta({ description: `Sent only to the app's own origin. ${REFERENCES}` }),
    basic_auth: z
      .strictObject({
        // Basic authentication separates user name and password by a colon.
        username: createTextSchema(255).refine((value) => !/[:\p{Cc}]/u.test(value), {
          error: 'must be one line of text without a colon',
        }),
        password: createTextSchema(1_024).meta({
          description: 'Must contain a secret of the app, `{{NAME}}`, or be empty.',
        }),
      })
      .nullable()
      .meta({ description: `Sent only to the app's own origin. ${REFERENCES}` }),
    trusted_origins: z
      .array(
        z
          .string()
          .max(300)
          .regex(/^https?:\/\/[a-z0-9*-]+(\.[a-z0-9*-]+)*(:\d{1,5})?$/i, {
            error: 'must be an origin like https://shop-*.example.com: no path, stars within the host only',
          })
          // Each further star multiplies the time that it takes to find out that an origin does not match.
          .refine((pattern) => pattern.split('*').length <= 3, { error: 'must have at most 2 stars' }),
      )
      .max(20, { error: 'must have at most 20 origins' })
      .meta({
        description:
          "Origins that get `headers`, `basic_auth` and `user_agent_suffix` too where a trigger's `app_url` leads there: preview deployments. `*` stands for characters of one label of the host.",
        example: ['https://shop-*-acme.vercel.app'],
      }),
    user_agent_suffix: z
      .string()
      .max(200)
      .regex(USER_AGENT, { error: 'must be visible ASCII characters' })
      .nullable()
      .meta({ description: `Added to the user agent of all requests. ${REFERENCES}` }),
    links: z.boolean().meta({ description: 'Whether the link check runs at all.' }),
  })
  .meta({ id: 'CheckSettings', description: 'How the app is checked.' });

export const checkSettingsInputSchema = checkSettingsSchema.partial().meta({
  id: 'CheckSettingsInput',
  description: 'Replaces all settings. An absent field gets its default.',
});

export type CheckSettings = z.infer<typeof checkSettingsSchema>;
export type CheckSettingsInput = z.infer<typeof checkSettingsInputSchema>;

type Differences = { readonly [Field in keyof CheckSettings]?: Readonly<NonNullable<CheckSettings[Field]>> };
type OfRunner = Omit<RunnerCheckSettings, 'limits'>;
type OfServer = 'trusted_origins';
/**
 * The differences from the defaults. The schema and the runner's type must match, except for fields of the server
 * alone.
 */
export type ChosenSettings = Fits<OfRunner, Fits<Omit<Differences, OfServer>, OfRunner>> &
  Pick<Differences, OfServer>;
/** The runner's settings before secrets are filled in. */
export type RunnerSettings = Omit<ChosenSettings, OfServer>;

export const DEFAULT_CHECK_SETTINGS: CheckSettings = {
  ...DEFAULT_SETTING_LIMITS,
  max_depth: null,
  include: [],
  exclude: [...DEFAULT_EXCLUDE],
  external_links: false,
  fragments: false,
  headers: {},
  basic_auth: null,
  trusted_origins: [],
  user_agent_suffix: null,
  links: true,
};
