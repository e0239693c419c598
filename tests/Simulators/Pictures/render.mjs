// Draws windows that the simulated Mac recorded, as swiftDialog lays them out: node render.mjs <recorded> <pictures>. Needs Chromium.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const [recorded, pictures] = process.argv.slice(2).map((path) => resolve(path));
const chromium = process.env.CHROMIUM ?? 'chromium';
const width = 1060;
const height = 760;

const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

// CommonMark's backslash escapes become private characters first, so that nothing escaped is markup.
const protect = (text) => text.replace(/\\([!-/:-@[-`{-~])/g, (_, mark) => String.fromCharCode(0xe000 + mark.charCodeAt(0)));
const restore = (html) => html.replace(/[\ue021-\ue07e]/g, (c) => escape(String.fromCharCode(c.charCodeAt(0) - 0xe000)));
const inline = (text) => escape(text).replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>');

function markdown(text) {
  const blocks = protect(text).split('\n\n').map((block) => {
    const lines = block.split('\n');
    if (lines.every((line) => line.startsWith('- '))) {
      return `<ul>${lines.map((line) => `<li>${inline(line.slice(2))}</li>`).join('')}</ul>`;
    }
    return block.startsWith('### ') ? `<h3>${inline(block.slice(4))}</h3>` : `<p>${inline(block)}</p>`;
  });
  return restore(blocks.join(''));
}

function field(item, german) {
  const label = escape(item.title) + (item.required ? ' <i>*</i>' : '');
  const box = `<div class="box${item.secure ? ' secure' : ''}"></div>`;
  const second = item.confirm ? `<label>${german ? 'Bestätigen' : 'Confirm'} <i>*</i></label>${box}` : '';
  return `<label>${label}</label>${box}${second}`;
}

const marks = {
  success: '<span class="mark done">✓</span>',
  wait: '<span class="mark spin"></span>',
  pending: '<span class="mark dots">•••</span>',
  fail: '<span class="mark failed">✕</span>',
};

// The window as its last command left it.
function obey(content, commands) {
  const rows = (content.listitem ?? []).map((row) => ({ ...row }));
  let progress = 0;
  let text = content.progresstext;
  let info = content.infotext;
  for (const line of commands) {
    const row = /^listitem: index: (\d+), status: (\w+)$/.exec(line);
    if (row) rows[row[1]].status = row[2];
    if (line.startsWith('progress: ')) progress = Number(line.slice(10));
    if (line.startsWith('progresstext: ')) text = line.slice(14);
    if (line.startsWith('infotext: ')) info = line.slice(10);
  }
  return { rows, progress, text, info };
}

// person.crop.circle.fill, and exclamationmark.triangle.fill as its overlay.
const icon = (overlay) => `<svg viewBox="0 0 100 100"><circle cx="50" cy="50" r="47" fill="#0a7aff"/><circle cx="50" cy="39" r="16" fill="#fff"/>
  <path d="M20 78c4-18 17-23 30-23s26 5 30 23a47 47 0 0 1-60 0" fill="#fff"/>${overlay ? `<path d="M78 58L98 94H58z" fill="#ff9500" stroke="#ff9500" stroke-width="5"
  stroke-linejoin="round"/><path d="M78 68v13M78 86v4" stroke="#fff" stroke-width="4.5"/>` : ''}</svg>`;

function page({ content, commands }, german) {
  const { rows, progress, text, info } = obey(content, commands);
  const fields = (content.textfield ?? []).map((item) => field(item, german)).join('');
  const list = rows.map((row) => `<li><span>${escape(row.title)}</span>${marks[row.status]}</li>`).join('');
  const bar = rows.length
    ? `<div class="progress"><div class="bar"><b style="width:${(100 * progress) / content.progress}%"></b></div><span>${escape(text)}</span></div>` : '';
  return `<!doctype html><meta charset="utf-8"><style>
    * { box-sizing: border-box; margin: 0 }
    body { width: ${width}px; height: ${height}px; background: #a9b6cd; font: 16px/1.4 Inter, "Helvetica Neue", sans-serif; color: #1d1d1f }
    main { position: absolute; left: 80px; top: ${(height - content.height) / 2}px; width: 900px; height: ${content.height}px; background: #f5f5f7; border-radius: 12px; box-shadow: 0 6px 16px #0004, 0 0 0 1px #0002; display: flex; flex-direction: column; overflow: hidden }
    h1 { font-size: 28px; font-weight: 600; text-align: center; padding: 26px 0 22px; border-bottom: 1px solid #0002; margin: 0 24px }
    section { flex: 1; display: flex; min-height: 0 }
    aside { width: 210px; padding: 34px 30px }
    article { flex: 1; padding: 24px 34px 0 6px; display: flex; flex-direction: column; min-height: 0 }
    h3 { font-size: 20px; font-weight: 600; margin-bottom: 10px } p { margin-bottom: 12px } strong { font-weight: 600 }
    ul { padding-left: 22px; margin-bottom: 12px }
    .fields { margin-top: auto; padding-bottom: 18px; display: grid; grid-template-columns: 200px 1fr; gap: 12px; align-items: center }
    i { color: #d70015; font-style: normal } .box { height: 30px; background: #fff; border: 1px solid #0003; border-radius: 6px; position: relative }
    .box:first-of-type { border-color: #0a7aff; box-shadow: 0 0 0 3px #0a7aff55 }
    .list { list-style: none; padding: 0; border: 1px solid #0002; border-radius: 8px; background: #fff; overflow: hidden }
    .list li { display: flex; justify-content: space-between; align-items: center; padding: 0 16px; height: 38px } .list li + li { border-top: 1px solid #0001 }
    .mark { width: 20px; height: 20px; border-radius: 50%; color: #fff; font: 700 13px/20px "DejaVu Sans"; text-align: center }
    .done { background: #30b350 } .failed { background: #d70015 } .dots { color: #8e8e93; width: auto; font-size: 11px; letter-spacing: 1px }
    .spin { border: 3px solid #d1d1d6; border-top-color: #636366 }
    .progress { padding: 12px 34px 0; text-align: center; color: #515154; font-size: 14px } .bar { height: 6px; border-radius: 3px; background: #0000001a; margin-bottom: 8px } .bar b { display: block; height: 6px; border-radius: 3px; background: #0a7aff }
    footer { display: flex; align-items: center; gap: 12px; padding: 16px 24px 20px; color: #6e6e73; font-size: 14px } footer span { flex: 1 }
    .help { width: 26px; height: 26px; border-radius: 50%; background: #fff; border: 1px solid #0003; text-align: center; font-weight: 600; line-height: 24px; color: #1d1d1f }
    button { font: 15px Inter, sans-serif; padding: 6px 26px; border-radius: 7px; border: 0; background: #0a7aff; color: #fff } button:disabled { background: #e3e3e6; color: #a0a0a5 }
  </style><main><h1>${escape(content.title)}</h1><section><aside>${icon(content.overlayicon)}</aside><article>${markdown(content.message)}
    ${list ? `<ul class="list">${list}</ul>` : ''}<div class="fields">${fields}</div></article></section>${bar}
    <footer><span>${escape(info)}</span><div class="help">?</div><button ${content.button1disabled ? 'disabled' : ''}>${escape(content.button1text)}</button></footer></main>`;
}

const work = mkdtempSync(join(tmpdir(), 'prestage-pictures-'));
try {
  for (const file of readdirSync(recorded).filter((name) => name.endsWith('.json'))) {
    const html = join(work, 'page.html');
    writeFileSync(html, page(JSON.parse(readFileSync(join(recorded, file), 'utf8')), file.includes('.de.')));
    const picture = join(pictures, file.replace('.json', '.png'));
    execFileSync(chromium, ['--headless', '--no-sandbox', '--hide-scrollbars', `--window-size=${width},${height}`, `--screenshot=${picture}`, `file://${html}`], { stdio: 'ignore' });
    console.log(picture);
  }
} finally {
  rmSync(work, { recursive: true });
}
