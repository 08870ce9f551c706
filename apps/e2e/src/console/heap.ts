import type { Page } from 'playwright-core';

/**
 * Whether a text is in the memory of a page's scripts, after what is not used any more was collected. The text must not have
 * been sent to the page by the test itself: what a locator looks for is in that memory too.
 */
export const heapHas = async (page: Page, text: string): Promise<boolean> => {
  const session = await page.context().newCDPSession(page);
  let tail = '';
  let found = false;
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
    found ||= (tail + chunk).includes(text);
    tail = chunk.slice(-text.length);
  });
  try {
    await session.send('HeapProfiler.enable');
    await session.send('HeapProfiler.collectGarbage');
    await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    return found;
  } finally {
    await session.detach();
  }
};
