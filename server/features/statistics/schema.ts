import { z } from 'zod';

const figuresSchema = z
  .object({
    checks: z.int().min(0).meta({ description: 'Checks that ended, without those that were cancelled.' }),
    failed: z.int().min(0).meta({ description: 'Of these, those that failed or could not run.' }),
    failure_rate: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: '`failed` divided by `checks`; `null` without checks.', example: 0.04 }),
    median_duration_ms: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Of the checks that ran to their end; `null` without any.' }),
    p95_duration_ms: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: '95 % of the checks that ran to their end took at most this time.' }),
  })
  .meta({ id: 'CheckFigures' });

const flakyFlowSchema = z
  .object({
    name: z.string().meta({ example: 'GET /pricing' }),
    commits: z
      .int()
      .min(1)
      .meta({ description: 'On how many commits it both failed and passed at the same address.' }),
    failed: z.int().min(1).meta({ description: 'How often it failed on these commits.' }),
    passed: z.int().min(1).meta({ description: 'How often it passed on these commits.' }),
    failed_check_id: z.uuid().meta({ description: 'The last check in which it failed.' }),
    passed_check_id: z.uuid().meta({ description: 'The last check of the same commit in which it passed.' }),
    failed_at: z.iso.datetime().meta({ description: 'When the check of `failed_check_id` was triggered.' }),
  })
  .meta({ id: 'FlakyFlow', description: 'A flow that failed and passed on the same commit.' });

/** What the checks of an app say together. Checks that try settings do not count. */
export const statisticsSchema = z
  .object({
    days: z.int(),
    all_branches: figuresSchema,
    main_branch: figuresSchema,
    flaky_flows: z
      .array(flakyFlowSchema)
      .meta({ description: 'At most 20, those with the most commits first.' }),
    flaky_flows_total: z.int().min(0),
    flaky_flows_since: z.iso.datetime().nullable().meta({
      description:
        'Set where there were too many flows to read: only checks from this time on were searched for flaky flows.',
    }),
  })
  .meta({ id: 'Statistics' });

export type CheckFigures = z.infer<typeof figuresSchema>;
export type FlakyFlow = z.infer<typeof flakyFlowSchema>;
export type Statistics = z.infer<typeof statisticsSchema>;
