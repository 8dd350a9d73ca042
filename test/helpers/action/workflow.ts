import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { parse } from 'yaml';
import { z } from 'zod';

const stepSchema = z.object({
  uses: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean(), z.number()])).default({}),
});
const workflowSchema = z.object({
  on: z.string(),
  jobs: z.record(z.string(), z.object({ if: z.string(), steps: z.array(stepSchema) })),
});

/** The only job of a workflow, as a runner evaluates it with these contexts (`github`, `secrets`, `steps`, …). */
export interface Job {
  /** The event that starts it. */
  readonly on: string;
  readonly isRun: boolean;
  /** The `with:` of the step that uses our action, with its expressions evaluated. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Parses a workflow, and evaluates its expressions with GitHub's own library. */
export function readWorkflow(yaml: string, contexts: Readonly<Record<string, unknown>>): Job {
  const { on, jobs } = workflowSchema.parse(parse(yaml));
  const [job] = Object.values(jobs);
  const step = job?.steps.find(({ uses }) => uses?.startsWith('qassandra/qassandra@'));
  if (!job || !step) {
    throw new Error('The workflow has no step of ours.');
  }
  const inputs = Object.entries(step.with).map(([name, value]) => [
    name,
    String(value).replace(/\$\{\{(.+?)\}\}/g, (_, expression: string) => evaluate(expression, contexts)),
  ]);
  return { on, isRun: evaluate(job.if, contexts) === 'true', inputs: Object.fromEntries(inputs) };
}

/** Returns the value of an expression as text. */
export function evaluate(expression: string, contexts: Readonly<Record<string, unknown>>): string {
  const { tokens } = new Lexer(expression.trim()).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), []).parse();
  const context = JSON.parse(JSON.stringify(contexts), data.reviver);
  return new Evaluator(parsed, context).evaluate().coerceString();
}
