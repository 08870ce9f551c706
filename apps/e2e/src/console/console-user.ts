import type { Browser, BrowserContextOptions, Locator } from 'playwright-core';
import { visit, type Visitor } from './browser.js';

const MAX_TAB_PRESSES = 80;

/** Somebody who uses the console of one gateway, in a browser of their own. */
export class ConsoleUser {
  private constructor(
    readonly visitor: Visitor,
    readonly url: string,
  ) {}

  static async open(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<ConsoleUser> {
    return new ConsoleUser(await visit(browser, options), url);
  }

  get page() {
    return this.visitor.page;
  }

  /** `path` below the tenant's. */
  async goTo(path: string): Promise<void> {
    await this.page.goto(`${this.url}/ui/main/${path}`);
  }

  async signIn(token: string): Promise<void> {
    await this.page.goto(`${this.url}/ui/`);
    await this.page.getByLabel('Access token').fill(token);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
    await this.page.getByRole('banner').or(this.page.locator('#content')).first().waitFor();
    await this.page.waitForURL(/\/secrets/);
  }

  /** The button that opens the secret, in the table. */
  key(name: string): Locator {
    return this.page.locator('button.key', { hasText: name }).first();
  }

  /** The dialog in front. */
  get dialog(): Locator {
    return this.page.getByRole('dialog').filter({ visible: true }).last();
  }

  press(name: string | RegExp): Promise<void> {
    return this.dialog.getByRole('button', { name, exact: true }).click();
  }

  /** Presses Tab, or Shift and Tab, until the focus is on an element, as somebody without a mouse does. */
  async tabTo(target: Locator, keys = 'Tab'): Promise<void> {
    await target.waitFor({ state: 'attached' });
    for (let presses = 0; presses < MAX_TAB_PRESSES; presses += 1) {
      await this.page.keyboard.press(keys);
      if ((await target.and(this.page.locator(':focus')).count()) > 0) return;
    }
    throw new Error(`${keys} does not lead to ${String(target)}`);
  }

  /** Waits until an element has the focus. */
  focused(target: Locator): Promise<void> {
    return target.and(this.page.locator(':focus')).waitFor();
  }

  /** Waits until no dialog is seen any more. */
  noDialog(): Promise<void> {
    return this.page.getByRole('dialog').filter({ visible: true }).waitFor({ state: 'detached' });
  }

  /** The connection as the frame says it is. */
  connection(text: string): Promise<void> {
    return this.page.getByRole('status').filter({ hasText: text }).first().waitFor();
  }

  close(): Promise<void> {
    return this.visitor.context.close();
  }
}
