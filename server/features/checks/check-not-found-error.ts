import { ApiError } from '../../http/errors.ts';

export function createCheckNotFoundError(): ApiError {
  return new ApiError('check_not_found', 'This app has no such check. Check the id.');
}
