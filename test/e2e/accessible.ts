import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** Fails with what axe finds on the page as it is now. */
export async function expectAccessible(page: Page, host: string): Promise<void> {
  // Electron has no second page for axe to put its parts together in.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(host === 'electron').analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)).toEqual(
    [],
  );
}
