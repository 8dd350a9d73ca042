import { infiniteQueryOptions } from '@tanstack/react-query';
import type { AuditLog } from '../../../features/audit/schema.ts';
import { call } from '../api/client.ts';
import { appPath } from '../apps/queries.ts';

export const auditLogQuery = (app: string) =>
  infiniteQueryOptions({
    queryKey: ['app', app, 'audit-log'],
    queryFn: ({ signal, pageParam }) =>
      call<AuditLog>(`${appPath(app)}/audit-log?limit=20${pageParam && `&cursor=${pageParam}`}`, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
