import { ApiError } from '../../http/errors.ts';

export function createCheckNotFoundError(): ApiError {
  return new ApiError('check_not_found', 'There is no such check of this app. Check its id.');
}
