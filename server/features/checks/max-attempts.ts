/** How often a check is started: a check that takes its process down each time must not do so for ever. */
export const MAX_ATTEMPTS = 3;
