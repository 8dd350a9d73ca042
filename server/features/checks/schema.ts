import { z } from 'zod';
import { createCutTextSchema, createTextSchema, httpUrlSchema } from '../../http/field-schemas.ts';
import type {
  FlowResult as RunnerFlowResult,
  Incomplete as RunnerIncomplete,
} from '../../runner/contract.ts';
import { personSchema } from '../organizations/schema.ts';

/** The shapes of a check on the wire: what the routes validate, what OpenAPI shows, what the action reads. */

export const checkStatusSchema = z
  .enum(['scheduled', 'running', 'finished', 'failed', 'cancelled'])
  .meta({ id: 'CheckStatus', description: '`failed`: the check itself could not run.' });

export const conclusionSchema = z
  .enum(['success', 'failure', 'error', 'cancelled'])
  .meta({ id: 'Conclusion', description: '`failure`: a flow failed. `error`: the check could not run.' });

export const triggeredBySchema = z.enum(['api_key', 'session', 'schedule']);

export const flowSchema = z
  .object({
    name: z.string().meta({ example: 'GET /pricing' }),
    status: z.enum(['passed', 'failed', 'skipped']),
    duration_ms: z.int().min(0),
    error: z.string().nullable().meta({ example: 'responded 500 Internal Server Error' }),
    cause: z.string().nullable().meta({
      description:
        'The same text in all flows that failed for the same reason. `null` if the flow did not fail.',
      example: 'style /app.css responded 404 Not Found',
    }),
  })
  .meta({ id: 'Flow' });

export const incompleteSchema = z
  .object({
    reason: z.enum(['page_limit', 'time_limit', 'rate_limit']),
    left: z.int().min(0).meta({ description: 'How many known pages were not checked.' }),
    message: z.string(),
  })
  .meta({ id: 'Incomplete', description: 'The check stopped at a limit that nobody chose.' });

export const countsSchema = z
  .object({
    total: z.int().min(0),
    passed: z.int().min(0),
    failed: z.int().min(0),
    skipped: z.int().min(0),
  })
  .meta({ id: 'Counts' });

export const metadataSchema = z.object({
  git_commit_id: createTextSchema(64).optional(),
  git_commit_message: createCutTextSchema(8192).optional(),
  pull_request_id: z
    .union([createTextSchema(64), z.number().int().min(0).transform(String)], {
      error: 'must be text of at most 64 characters, or a whole number',
    })
    .optional()
    .meta({ description: 'A number is stored as its digits.' }),
  pull_request_name: createCutTextSchema(1024).optional(),
  branch: createTextSchema(255).optional(),
  discover_flows: z.boolean().optional(),
  app_url: httpUrlSchema
    .optional()
    .meta({ description: "The URL to test instead of the app's own, for preview deployments." }),
});

export const triggerBodySchema = metadataSchema.meta({ id: 'TriggerBody' });

export const storedMetadataSchema = z
  .object({
    git_commit_id: z.string(),
    git_commit_message: z.string(),
    pull_request_id: z.string(),
    pull_request_name: z.string(),
    branch: z.string(),
    discover_flows: z.boolean(),
    app_url: z.string(),
  })
  .partial()
  .meta({ id: 'Metadata', description: 'What the trigger sent, and nothing else.' });

export const triggerAnswerSchema = z
  .object({
    message: z.literal('Check triggered successfully'),
    check_id: z.uuid(),
    app_id: z.uuid(),
    app_name: z.string(),
    status: checkStatusSchema,
    metadata: storedMetadataSchema,
    check_url: z.string(),
    warnings: z.array(z.string()).optional(),
  })
  .meta({ id: 'TriggerAnswer' });

const progressSchema = z
  .object({
    done: z.int().min(0).meta({ description: 'Flows that have ended, in this attempt.' }),
    known: z
      .int()
      .min(0)
      .nullable()
      .meta({ description: 'Flows that are known so far. More may be found. `null`: not known yet.' }),
    attempt: z.int().min(1).meta({
      description: 'More than 1 where the process that ran the check was lost, so that it started anew.',
    }),
    max_attempts: z.int().min(1),
  })
  .meta({ id: 'Progress', description: 'How far a check is that runs.' });

export const checkSchema = z
  .object({
    id: z.uuid(),
    app_id: z.uuid(),
    status: checkStatusSchema,
    conclusion: conclusionSchema.nullable(),
    revision: z.int().min(1).meta({ description: 'Grows with each change that a reader can see.' }),
    counts: countsSchema,
    flows: z.array(flowSchema),
    error: z.string().nullable(),
    incomplete: incompleteSchema.nullable(),
    warnings: z
      .array(z.string())
      .meta({ description: 'Sentences about what the check left out by choice, or checked only in part.' }),
    metadata: storedMetadataSchema,
    progress: progressSchema.optional(),
    is_trial: z.boolean().optional().meta({
      description: 'Whether the check was a trial of other settings. It then belongs to no branch.',
    }),
    triggered_by: triggeredBySchema,
    triggered_by_user: personSchema
      .optional()
      .meta({ description: 'The person who started the check, if a person did. Not shown to an API key.' }),
    created_at: z.iso.datetime(),
    started_at: z.iso.datetime().nullable(),
    finished_at: z.iso.datetime().nullable(),
    url: z.string(),
  })
  .meta({ id: 'Check' });

export const checkListSchema = z
  .object({
    // Without flows if the request has `?flows=false`.
    checks: z.array(checkSchema.partial({ flows: true })),
    next_cursor: z.string().nullable(),
    total: z.int().min(0).optional().meta({ description: 'How many checks match, with `?count=true`.' }),
  })
  .meta({ id: 'CheckList' });

const failedFlowsSchema = z.array(flowSchema.pick({ name: true, cause: true }).meta({ id: 'FailedFlow' }));

export const comparisonSchema = z
  .object({
    branch: z.string().meta({ description: "The app's main branch." }),
    base: z
      .object({
        id: z.uuid(),
        url: z.string(),
        git_commit_id: z.string().nullable(),
        created_at: z.iso.datetime(),
        failures: failedFlowsSchema,
      })
      .nullable()
      .meta({
        description:
          'The last finished check of the branch before this one, and what failed in it. `null` where there is none: then nothing is told to be new or known.',
      }),
    new: failedFlowsSchema.meta({
      description: 'Fail now and did not in the base, or not for a cause that any flow had there.',
    }),
    known: failedFlowsSchema.meta({ description: 'Fail now and failed in the base.' }),
    fixed: failedFlowsSchema.meta({ description: 'Failed in the base and pass now.' }),
  })
  .meta({ id: 'Comparison' });

/** Compiles only if `Part` is assignable to `Whole`. */
export type Fits<Part extends Whole, Whole> = Part;
/** The runner's type. The schema must be assignable to it, and it to the schema. */
export type FlowResult = Fits<RunnerFlowResult, Fits<z.infer<typeof flowSchema>, RunnerFlowResult>>;
export type Incomplete = Fits<RunnerIncomplete, Fits<z.infer<typeof incompleteSchema>, RunnerIncomplete>>;
export type Counts = z.infer<typeof countsSchema>;
export type Conclusion = z.infer<typeof conclusionSchema>;
export type CheckStatus = z.infer<typeof checkStatusSchema>;
export type Metadata = z.infer<typeof storedMetadataSchema>;
export type Check = z.infer<typeof checkSchema>;
export type TriggerAnswer = z.infer<typeof triggerAnswerSchema>;
export type CheckList = z.infer<typeof checkListSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
