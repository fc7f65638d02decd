import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buildPages, findBrowserProgram, LocalError, readBrowserSettings } from '@carat/local';
import { type Browser, chromium, type Page } from 'playwright-core';

const require = createRequire(import.meta.url);

/** Longer than apt-get needs on a slow line. */
export const maxOpeningMs = 420_000;

/**
 * A browser of this machine, or one that is installed now, and the pages built as they are. Undefined where
 * there is none, after saying why.
 */
export const openBrowser = async (): Promise<Browser | undefined> => {
  const say = (line: string): void => console.info(line);
  try {
    const program = await findBrowserProgram({ ...readBrowserSettings(), say });
    await buildPages(say);
    return await chromium.launch({
      executablePath: program,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  } catch (error) {
    if (!(error instanceof LocalError)) throw error;
    say(`The pages were not looked at in a browser. ${error.message}`);
    return undefined;
  }
};

/** A page's number by its name; undefined while it is not known. */
export const figureOn = async (page: Page, name: string): Promise<number | undefined> => {
  const shown = page.locator(`[data-figure="${name}"]`);
  if ((await shown.count()) === 0) return undefined;
  const text = (await shown.first().textContent()) ?? '';
  return /\d/.test(text) ? Number(text.replaceAll(',', '')) : undefined;
};

/** A number that a page showed after a larger one, or that it stopped showing. */
export type Fall = { readonly name: string; readonly from: number; readonly to: string };

/** From now on looks at every number of a page in every frame; answers how to get what went down. */
export const watchForFalls = async (
  page: Page,
): Promise<() => Promise<{ falls: Fall[]; frames: number }>> => {
  await page.evaluate(() => {
    const last = new Map<string, number>();
    const seen = { falls: [] as { name: string; from: number; to: string }[], frames: 0 };
    Object.assign(window, { seenFigures: seen });
    const look = (): void => {
      seen.frames += 1;
      for (const shown of document.querySelectorAll<HTMLElement>('[data-figure]')) {
        const name = shown.dataset.figure ?? '';
        const to = shown.textContent ?? '';
        const from = last.get(name);
        const value = /\d/.test(to) ? Number(to.replaceAll(',', '')) : undefined;
        // What a wallet holds goes down as it should.
        if (name !== 'balance' && from !== undefined && !(value !== undefined && value >= from)) {
          seen.falls.push({ name, from, to });
        }
        if (value !== undefined) last.set(name, value);
      }
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => (window as unknown as { seenFigures: never }).seenFigures);
};

type AxeResults = {
  violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[];
};

/** What axe finds seriously wrong on a page as it stands, a line each. */
export const seriousViolations = async (page: Page): Promise<string[]> => {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    );
};
