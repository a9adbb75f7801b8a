// The reader's other half, which takes a file apart. It runs in a thread of the frame's, and hears its words.
import 'pdfjs-dist/legacy/build/pdf.worker.mjs';
