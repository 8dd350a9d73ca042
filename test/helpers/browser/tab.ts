import type { Page } from 'playwright-core';

/** Hides a page, as another tab in front of it does, or shows it again. */
export function setTabShown(page: Page, isShown: boolean): Promise<void> {
  const state = isShown ? 'visible' : 'hidden';
  return page.evaluate(`
    Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
    Object.defineProperty(document, 'hidden', { value: ${!isShown}, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  `);
}
