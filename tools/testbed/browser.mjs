// Chromium as the tests drive it.
import { chromium } from './peers.mjs';

const STEP_TAKES = 60_000; // ms; that nothing comes is a failure, how long it takes on a busy machine is not
const KEY_TAKES = 10_000; // ms

/** A browser that ends with `closing`, and waits for each step as patiently as `until` does. */
export async function openChromium(closing) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
  closing.add(() => browser.close());
  const open = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await open(options);
    context.setDefaultTimeout(STEP_TAKES);
    context.on('page', letKeysGo);
    return context;
  };
  return browser;
}

// A key that closes the frame it was pressed in (Escape in a PDF) may be taken without the browser ever saying so: seen in
// 3 of 25 on a busy machine. What it did is for the test to look at; here it is only let go of.
function letKeysGo({ keyboard }) {
  const press = keyboard.press.bind(keyboard);
  keyboard.press = async (key, options) => {
    const said = await Promise.race([press(key, options).then(() => true), passed(KEY_TAKES)]);
    if (!said) for (const one of key.split('+').reverse()) await keyboard.up(one);
  };
}
const passed = (ms) => new Promise((resolve) => setTimeout(resolve, ms).unref());
