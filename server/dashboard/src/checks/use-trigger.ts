import { useMutation } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { App } from '../../../features/apps/schema.ts';
import type { Metadata, TriggerAnswer } from '../../../features/checks/schema.ts';
import { call } from '../api/client.ts';

/** Triggers a check of the app and goes to it. */
export function useTrigger(app: App | undefined) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (metadata: Metadata) =>
      call<TriggerAnswer>(`/api/apps/${app?.alias}/trigger`, { method: 'POST', body: metadata }),
    onSuccess: ({ check_id }) => navigate(`/apps/${app?.alias}/checks/${check_id}`),
  });
}
