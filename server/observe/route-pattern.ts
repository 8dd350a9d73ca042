import type { IncomingMessage } from 'node:http';

/**
 * The pattern of the route that answered a request, like `/api/apps/:app/trigger`. Never the path itself: the number of
 * paths is unlimited, and a path may hold a secret.
 */
export function findRoutePattern({ route, originalUrl, url = '' }: IncomingMessage): string {
  const pattern = route?.path;
  if (Array.isArray(pattern)) {
    return 'page';
  }
  if (typeof pattern !== 'string') {
    return 'other';
  }
  // Do not use Express's `baseUrl`: it is reset once an error was answered.
  return /^\/api\//i.test(originalUrl ?? url) ? `/api${pattern}` : pattern;
}
