import { AxeBuilder } from '@axe-core/playwright'
import chromium from '@sparticuz/chromium'
import { type Browser, type Page, chromium as playwright } from 'playwright-core'
import { expect } from 'vitest'

/** The Chromium that comes from the package registry, so that no browser has to be installed. */
export async function launchBrowser(): Promise<Browser> {
  return playwright.launch({
    executablePath: await chromium.executablePath(),
    headless: true,
    // As root, and in containers, Chromium's own sandbox cannot start.
    args: ['--no-sandbox', '--headless=new', '--disable-gpu', '--disable-dev-shm-usage'],
  })
}

/** Of a page that was looked at already, in other colours: words must stand out from what is behind them. */
export async function expectReadable(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']).analyze()
  expect(told(violations), where).toEqual([])
}

/** axe must find nothing: WCAG 2.0 to 2.2, A and AA, and its best practices. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze()
  expect(told(violations), where).toEqual([])
}

const told = (violations: readonly { id: string; nodes: readonly { html: string }[] }[]) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
