// Runs in the frame in which a stranger's file is read: an origin of its own, whose policy (the server's
// api/http/guard.cpp) lets it load nothing but the reader itself. The bytes come from the page, by message.
// Pages are drawn as they are scrolled to, with their words over them, to be read aloud, found and copied.
// Nothing of the file is run or followed: no scripts, no forms, no links, no files within it.
import {
  getDocument,
  PasswordException,
  type PDFDocumentProxy,
  type PDFPageProxy,
  PDFWorker,
  type RenderTask,
  TextLayer,
  VerbosityLevel,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import { boxOf, MOST_PAGES, nextToDraw, type Size, scaleOf, sharpness, toForget } from './pages';
import { type FromFrame, KEYS, type Opening, type ToFrame } from './protocol';

const PAGE_MAY_TAKE = 15_000; // ms
const SETTLES = 120; // ms after the last change of size
const MOST_IMAGE = 40_000_000; // pixels of one picture in a file
const MOST_WORDS = 20_000; // pieces of text over one page

type Factory = {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): string };
};

function workerOf(code: Blob): Worker {
  const address = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
  const policy = factory?.createPolicy('hearback-reader', {
    createScriptURL: (url) => {
      if (url === address) return url;
      throw new TypeError('The reader loads its other half and nothing else.');
    },
  });
  // Not a module: no browser loads one for an origin of its own.
  return new Worker(policy ? policy.createScriptURL(address) : address);
}

class Reader {
  private readonly near = new Set<number>();
  private readonly drawn = new Set<number>();
  private readonly stale = new Set<number>(); // of these, in a size that is no longer theirs
  private readonly boxes: HTMLElement[] = [];
  private readonly sizes: Size[] = [];
  private document!: PDFDocumentProxy;
  private drawing: { page: number; task?: RenderTask } | undefined;
  private at = 1;
  private again: ReturnType<typeof setTimeout> | undefined;
  private room = 0;
  private readonly wanted = new Map<number, (bytes: ArrayBuffer | null) => void>();
  private zoom;

  constructor(private readonly opening: Opening) {
    this.zoom = opening.zoom;
    opening.port.onmessage = ({ data }: MessageEvent<ToFrame>) => this.hear(data);
  }

  private say(words: FromFrame): void {
    this.opening.port.postMessage(words);
  }

  private hear(words: ToFrame): void {
    switch (words.kind) {
      case 'ping':
        this.say({ kind: 'pong' });
        break;
      case 'dark':
        document.documentElement.classList.toggle('dark', words.dark);
        break;
      case 'scroll':
        scrollBy(words.left, words.top);
        break;
      case 'given':
        this.wanted.get(words.id)?.(words.bytes);
        this.wanted.delete(words.id);
        break;
      case 'zoom':
        this.zoom = words.zoom;
        this.resize();
    }
  }

  // What the library would fetch is asked of the page.
  private factory(): object {
    const folders = { cMapUrl: 'cmaps', standardFontDataUrl: 'fonts', wasmUrl: 'wasm' } as const;
    const ask = (folder: 'cmaps' | 'fonts' | 'wasm', name: string) =>
      new Promise<ArrayBuffer | null>((given) => {
        const id = this.wanted.size + Math.floor(performance.now() * 1000);
        this.wanted.set(id, given);
        this.say({ kind: 'need', id, folder, name });
      });
    return class {
      async fetch({ kind, filename }: { kind: keyof typeof folders; filename: string }) {
        const bytes = await ask(folders[kind], filename);
        if (!bytes) throw new Error(`There is no ${filename}.`);
        return new Uint8Array(bytes);
      }
    };
  }

  async open(): Promise<void> {
    const { bytes, worker } = this.opening;
    const port = workerOf(worker);
    port.onerror = () => this.say({ kind: 'failed', why: 'broken' });
    try {
      this.document = await getDocument({
        data: new Uint8Array(bytes),
        worker: new PDFWorker({ port: port as never }),
        BinaryDataFactory: this.factory(),
        useWorkerFetch: false,
        useSystemFonts: false, // they would be loaded by address
        cMapUrl: 'cmaps/',
        standardFontDataUrl: 'fonts/',
        wasmUrl: 'wasm/',
        enableXfa: false,
        disableWorkerRendering: true,
        maxImageSize: MOST_IMAGE,
        verbosity: VerbosityLevel.ERRORS,
      }).promise;
      const first = await this.document.getPage(1);
      const { width, height } = first.getViewport({ scale: 1 });
      this.lay({ width, height });
    } catch (error) {
      port.terminate();
      return this.say({
        kind: 'failed',
        why: error instanceof PasswordException ? 'password' : 'broken',
      });
    }
    this.say({ kind: 'opened', pages: this.document.numPages, shown: this.boxes.length });
    this.say({ kind: 'page', number: 1 });
  }

  // All pages have room from the start, as large as the first until they are known.
  private lay(size: Size): void {
    const count = Math.min(this.document.numPages, MOST_PAGES);
    const watch = new IntersectionObserver((seen) => this.see(seen), { rootMargin: '60% 0px' });
    for (let page = 1; page <= count; page++) {
      const box = document.createElement('section');
      box.className = 'page';
      box.dataset.page = `${page}`;
      box.ariaLabel = this.opening.words.page
        .replace('<n>', `${page}`)
        .replace('<t>', `${this.document.numPages}`);
      this.boxes.push(box);
      this.sizes.push(size);
    }
    this.room = document.documentElement.clientWidth;
    this.measure();
    document.body.append(...this.boxes);
    for (const box of this.boxes) watch.observe(box);
    addEventListener('scroll', () => this.follow(), { passive: true });
    new ResizeObserver(() => this.resized()).observe(document.documentElement);
  }

  private measure(): void {
    for (const [index, box] of this.boxes.entries()) this.measureOne(index, box);
  }
  private measureOne(index: number, box: HTMLElement): number {
    const scale = scaleOf(this.sizes[index]!, this.zoom, this.room);
    const { width, height } = boxOf(this.sizes[index]!, scale);
    box.style.width = `${width}px`;
    box.style.height = `${height}px`;
    return scale;
  }

  private see(seen: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of seen) {
      const page = Number((target as HTMLElement).dataset.page);
      if (isIntersecting) this.near.add(page);
      else this.near.delete(page);
    }
    this.follow();
    void this.draw();
  }

  // The page that is read: the last one that begins above the middle.
  private follow(): void {
    const middle = innerHeight / 2;
    const near = [...this.near].sort((one, other) => one - other);
    const at =
      near.findLast((page) => this.boxes[page - 1]!.getBoundingClientRect().top <= middle) ??
      near[0];
    if (at === undefined || at === this.at) return;
    this.at = at;
    this.say({ kind: 'page', number: at });
  }

  private resized(): void {
    const room = document.documentElement.clientWidth;
    if (room === this.room) return;
    this.room = room;
    if (this.zoom === 'fit') this.resize();
  }

  // What is read stays where it is; the pictures are drawn anew once the size has settled.
  private resize(): void {
    const before = this.boxes[this.at - 1];
    if (!before) return;
    const old = before.getBoundingClientRect();
    const share = old.height > 0 ? -old.top / old.height : 0;
    this.measure();
    const now = before.getBoundingClientRect();
    scrollBy(0, now.top + share * now.height);
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      this.drawing?.task?.cancel();
      for (const page of [...this.drawn]) if (!this.near.has(page)) this.forget(page);
      for (const page of this.drawn) this.stale.add(page);
      void this.draw();
    }, SETTLES);
  }

  private forget(page: number): void {
    this.drawn.delete(page);
    this.stale.delete(page);
    this.fill(page);
  }

  // What was drawn there before is given back at once: a canvas may stay until memory is short.
  private fill(page: number, ...content: HTMLElement[]): void {
    const box = this.boxes[page - 1]!;
    for (const canvas of box.querySelectorAll('canvas')) canvas.width = canvas.height = 0;
    box.replaceChildren(...content);
  }

  private async draw(): Promise<void> {
    if (this.drawing) return;
    for (const page of toForget(this.drawn, this.at)) this.forget(page);
    const fresh = new Set([...this.drawn].filter((page) => !this.stale.has(page)));
    const number = nextToDraw(this.near, fresh, this.at);
    if (number === undefined) return;
    this.drawing = { page: number };
    this.drawn.add(number);
    this.stale.delete(number);
    try {
      await inTime(this.drawOne(number), () => this.drawing?.task?.cancel());
    } catch (error) {
      if ((error as Error).name === 'RenderingCancelledException') this.stale.add(number);
      else this.tell(number);
    }
    this.drawing = undefined;
    void this.draw();
  }

  private tell(number: number): void {
    const words = document.createElement('p');
    words.textContent = this.opening.words.noPage;
    this.fill(number, words);
  }

  private async drawOne(number: number): Promise<void> {
    const box = this.boxes[number - 1]!;
    const page = await this.document.getPage(number);
    const { width, height } = page.getViewport({ scale: 1 });
    this.sizes[number - 1] = { width, height };
    const scale = this.measureOne(number - 1, box);
    const viewport = page.getViewport({ scale });
    const sharp = sharpness(boxOf({ width, height }, scale), devicePixelRatio);
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.floor(viewport.width * sharp));
    canvas.height = Math.max(1, Math.floor(viewport.height * sharp));
    const task = page.render({
      canvas,
      viewport,
      transform: sharp === 1 ? undefined : [sharp, 0, 0, sharp, 0, 0],
      annotationMode: 1, // as they look; nothing of them acts
    });
    if (this.drawing) this.drawing.task = task;
    await task.promise;
    box.style.setProperty('--total-scale-factor', `${scale}`);
    this.fill(number, canvas);
    const words = await this.wordsOf(page, viewport);
    if (words) box.append(words);
    page.cleanup();
  }

  private async wordsOf(
    page: PDFPageProxy,
    viewport: ReturnType<PDFPageProxy['getViewport']>,
  ): Promise<HTMLElement | undefined> {
    const content = await page.getTextContent();
    if (content.items.length > MOST_WORDS) return undefined;
    const container = document.createElement('div');
    container.className = 'text';
    await new TextLayer({ textContentSource: content, container, viewport } as never).render();
    return container;
  }
}

function inTime<T>(work: Promise<T>, stop: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('late'));
      stop();
    }, PAGE_MAY_TAKE);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function passKeys(port: MessagePort): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = KEYS.find((one) => one === event.key);
    if (!key || (event.shiftKey && key !== 'F6')) return;
    const { scrollWidth, clientWidth } = document.documentElement;
    if (key.startsWith('Arrow') && scrollWidth > clientWidth) return; // they go along the page
    event.preventDefault();
    port.postMessage({ kind: 'key', key, shift: event.shiftKey } satisfies FromFrame);
  });
}

// What the frame's policy has no word for: it could tell somebody, if not much.
for (const name of ['RTCPeerConnection', 'webkitRTCPeerConnection'])
  Reflect.deleteProperty(self, name);

addEventListener('message', function opens({ data, source }: MessageEvent<Opening>) {
  if (source !== parent || data?.kind !== 'open') return;
  removeEventListener('message', opens);
  const { classList } = document.documentElement;
  classList.toggle('dark', data.dark);
  document.documentElement.lang = data.lang;
  document.body.tabIndex = -1;
  passKeys(data.port);
  void new Reader(data).open();
});
parent.postMessage({ kind: 'ready' }, '*');
