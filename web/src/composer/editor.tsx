// The rich-text editor. It comes on demand: most visits only read.
import { DOMParser as ModelParser, type Node } from '@tiptap/pm/model';
import {
  type Editor,
  EditorContent,
  getSchema,
  type JSONContent,
  useEditor,
  useEditorState,
} from '@tiptap/react';
import StarterKit from '@tiptap/starter-kit';
import { Bold, Italic, Link2, Link2Off, List, ListOrdered, TextQuote } from 'lucide-react';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { prescan } from '../thread/prescan';
import { trusted } from '../trusted';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { Field, Input, showFaults } from '../ui/field';
import { linkTo } from './link';

const EXTENSIONS = [
  StarterKit.configure({
    heading: false,
    codeBlock: false,
    code: false,
    horizontalRule: false,
    strike: false,
    link: {
      openOnClick: false,
      autolink: true,
      defaultProtocol: 'https',
      protocols: ['http', 'https', 'mailto', 'tel'],
      HTMLAttributes: { target: null, rel: null, class: null },
    },
  }),
];

// The editor would parse a string by itself, which the page's policy forbids (trusted.ts).
function contentOf(html: string): JSONContent {
  const { body } = new DOMParser().parseFromString(trusted(html), 'text/html');
  return ModelParser.fromSchema(getSchema(EXTENSIONS)).parse(body).toJSON() as JSONContent;
}

// Typed last before the editor came, where HTML would have lost it: it stands between words soon.
function withPlainBlank(content: JSONContent): JSONContent {
  const last = content.content?.[0]?.content?.at(-1);
  if (last?.text) last.text = last.text.replace(/\u00a0$/, ' ');
  return content;
}

// Somebody writes there already.
const isField = (element: Element | null) => element?.matches('input, textarea, select') ?? false;

// Where writing begins: behind what stands in the first line.
function beginning(text: Node): number {
  let found: number | undefined;
  text.descendants((node, position) => {
    if (found === undefined && node.isTextblock) found = position + 1 + node.content.size;
    return found === undefined;
  });
  return found ?? 0;
}

export function RichText({
  html,
  taken = 0,
  label,
  onChange,
  onFiles,
  autoFocus,
  onReady,
  tools,
}: {
  html: string;
  taken?: number; // counts how often `html` came from somewhere else than this editor
  label: string;
  onChange: (html: string) => void;
  onFiles?: (files: File[]) => void;
  autoFocus?: boolean;
  onReady?: () => void;
  tools?: ReactNode;
}) {
  const latest = useRef({ onChange, onFiles, onReady });
  latest.current = { onChange, onFiles, onReady };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what it begins with, once
  const first = useMemo(() => withPlainBlank(contentOf(html)), []);
  const editor = useEditor({
    injectCSS: false,
    extensions: EXTENSIONS,
    content: first,
    editorProps: {
      attributes: {
        role: 'textbox',
        'aria-multiline': 'true',
        'aria-label': label,
        class: 'rich-text',
        dir: 'auto',
      },
      // Sending is the composer's; the editor must not make a line of it.
      handleKeyDown: (_view, event) => event.key === 'Enter' && (event.ctrlKey || event.metaKey),
      // What is pasted was written by strangers too: no handlers, and cheap to parse.
      transformPastedHTML: (pasted) => prescan(pasted).html,
      handlePaste: (_view, event) => {
        const files = [...(event.clipboardData?.files ?? [])];
        if (files.length === 0 || !latest.current.onFiles) return false;
        latest.current.onFiles(files);
        return true;
      },
    },
    onUpdate: ({ editor: changed }) => latest.current.onChange(changed.getHTML()),
  });
  // At once: the editor's own way takes a moment, whose letters would fall between.
  useLayoutEffect(() => {
    if (!editor) return;
    // Also where the focus comes later: what is typed then goes on behind what stands there.
    editor.commands.setTextSelection(beginning(editor.state.doc));
    if (autoFocus && !isField(document.activeElement)) editor.view.focus();
  }, [editor, autoFocus]);
  useEffect(() => {
    if (editor) latest.current.onReady?.();
  }, [editor]);
  const seen = useRef(taken);
  useEffect(() => {
    if (!editor || seen.current === taken) return;
    seen.current = taken;
    const { from } = editor.state.selection;
    editor.commands.setContent(contentOf(html), { emitUpdate: false });
    editor.commands.setTextSelection(Math.min(from, editor.state.doc.content.size));
  }, [editor, taken, html]);
  return (
    <>
      <EditorContent editor={editor} className="rich-text-box" />
      {editor && <Toolbar editor={editor}>{tools}</Toolbar>}
    </>
  );
}

function Toolbar({ editor, children }: { editor: Editor; children?: ReactNode }) {
  const { t } = useTranslation();
  const [linking, setLinking] = useState<string>();
  const [noLink, setNoLink] = useState(false);
  const on = useEditorState({
    editor,
    selector: ({ editor: now }) => ({
      bold: now.isActive('bold'),
      italic: now.isActive('italic'),
      bullets: now.isActive('bulletList'),
      numbers: now.isActive('orderedList'),
      quote: now.isActive('blockquote'),
      link: now.isActive('link'),
    }),
  });
  const chain = () => editor.chain().focus();
  return (
    <div className="toolbar" role="toolbar" aria-label={t('editor.tools')}>
      <IconButton
        label={t('editor.bold')}
        aria-pressed={on.bold}
        onClick={() => chain().toggleBold().run()}
      >
        <Bold size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('editor.italic')}
        aria-pressed={on.italic}
        onClick={() => chain().toggleItalic().run()}
      >
        <Italic size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('editor.bullets')}
        aria-pressed={on.bullets}
        onClick={() => chain().toggleBulletList().run()}
      >
        <List size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('editor.numbers')}
        aria-pressed={on.numbers}
        onClick={() => chain().toggleOrderedList().run()}
      >
        <ListOrdered size={16} aria-hidden />
      </IconButton>
      <IconButton
        label={t('editor.quote')}
        aria-pressed={on.quote}
        onClick={() => chain().toggleBlockquote().run()}
      >
        <TextQuote size={16} aria-hidden />
      </IconButton>
      {on.link ? (
        <IconButton
          label={t('editor.unlink')}
          aria-pressed
          onClick={() => chain().extendMarkRange('link').unsetLink().run()}
        >
          <Link2Off size={16} aria-hidden />
        </IconButton>
      ) : (
        <IconButton label={t('editor.link')} onClick={() => setLinking('https://')}>
          <Link2 size={16} aria-hidden />
        </IconButton>
      )}
      {children}
      <Dialog
        open={linking !== undefined}
        onClose={() => {
          setNoLink(false);
          setLinking(undefined);
        }}
        title={t('editor.link')}
      >
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            event.stopPropagation();
            const href = linkTo(linking ?? '');
            if (!href) {
              showFaults(event.currentTarget, () => setNoLink(true));
              return;
            }
            setLinking(undefined);
            if (editor.state.selection.empty) {
              chain()
                .insertContent({
                  type: 'text',
                  text: href,
                  marks: [{ type: 'link', attrs: { href } }],
                })
                .run();
            } else {
              chain().setLink({ href }).run();
            }
          }}
        >
          <Field label={t('editor.address')} error={noLink ? t('editor.noLink') : undefined}>
            <Input
              autoFocus
              value={linking ?? ''}
              inputMode="url"
              onChange={(event) => {
                setNoLink(false);
                setLinking(event.target.value);
              }}
            />
          </Field>
          <div className="dialog-foot">
            <Button onClick={() => setLinking(undefined)}>{t('cancel')}</Button>
            <Button look="primary" type="submit">
              {t('editor.insert')}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  );
}
