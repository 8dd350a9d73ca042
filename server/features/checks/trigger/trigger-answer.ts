import type { Response } from 'express';
import { ApiError } from '../../../http/errors.ts';
import { sendJson } from '../../../http/send-json.ts';
import { getCheckUrl } from '../check-row.ts';
import type { Metadata, TriggerAnswer } from '../schema.ts';
import type { TriggerRow } from '../sql/trigger-checks.ts';

/** Throws the `ApiError` (400, 409, 429) of an authorized trigger that neither created a check nor repeats one. */
export function assertTriggered(row: TriggerRow, checkId: string): void {
  if (row.retry_after_seconds !== null) {
    throw new ApiError(
      'too_many_requests',
      'The app was triggered too often. Try again after the seconds in Retry-After.',
      {
        headers: { 'Retry-After': String(row.retry_after_seconds) },
      },
    );
  }
  const isReplay = row.check_id !== checkId;
  if (row.target_url === null && !isReplay) {
    throw new ApiError('app_url_missing', 'Set the URL of the app in its settings, or send app_url.', {
      errors: [{ path: 'app_url', message: 'is required, since the app has no URL of its own' }],
    });
  }
  if (row.is_reused) {
    throw new ApiError(
      'idempotency_key_reused',
      'This Idempotency-Key was used with another body in the last 24 hours. Use a new key for a new trigger.',
    );
  }
}

export interface TriggerAnswerParts {
  readonly appId: string;
  readonly row: TriggerRow;
  readonly metadata: Metadata;
  readonly warnings: readonly string[];
  readonly publicUrl: string;
}

/** Sends the `202` of a check that is stored. */
export function sendTriggerAnswer(
  res: Response,
  { appId, row, metadata, warnings, publicUrl }: TriggerAnswerParts,
): void {
  const answer: TriggerAnswer = {
    message: 'Check triggered successfully',
    check_id: row.check_id,
    app_id: appId,
    app_name: row.name,
    status: row.status,
    metadata,
    check_url: getCheckUrl(publicUrl, row.alias, row.check_id),
    ...(warnings.length > 0 && { warnings: [...warnings] }),
  };
  res.setHeader('Location', `/api/apps/${appId}/checks/${row.check_id}`);
  sendJson(res, { status: 202, content: answer });
}
