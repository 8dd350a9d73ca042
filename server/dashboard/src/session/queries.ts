import { queryOptions } from '@tanstack/react-query';
import type { Me } from '../../../features/organizations/schema.ts';
import { call } from '../api/client.ts';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => call<Me>('/api/me', { signal }),
  staleTime: 60_000,
});
