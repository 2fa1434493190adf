// Builds web/static/bundles: one bundle for each script or style sheet here, and the sprite of the icons that pages use.
import { build } from 'esbuild';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';

const SOURCES = 'web/assets';
const BUNDLES = 'web/static/bundles';
const BUILDING = `${BUNDLES}.new`; // takes the place of the old ones only when it is whole
const ICONS = 'node_modules/@tabler/icons/icons';
const SPOKEN_OF = ['web', 'forms']; // folders whose pages, scripts and modules name icons

// form-js's viewer and editor must draw with one preact, the editor's; npm gives each its own.
const onePreact = {
  name: 'one-preact',
  setup(made) {
    made.onResolve({ filter: /^preact(\/|$)/ }, ({ path, importer, kind }) => (/@bpmn-io[\\/]form-js-viewer|_form_designer/.test(importer)
      ? made.resolve(path, { kind, resolveDir: resolve('node_modules/@bpmn-io/form-js-editor') }) : undefined));
  },
};

await rm(BUILDING, { recursive: true, force: true });
await mkdir(BUILDING, { recursive: true });
await build({
  entryPoints: await entryPoints(),
  outdir: BUILDING,
  bundle: true,
  plugins: [onePreact],
  minify: true,
  format: 'iife',
  target: ['es2020', 'chrome80', 'firefox80', 'safari15'],
  loader: { '.woff': 'file', '.woff2': 'file', '.ttf': 'file', '.eot': 'file', '.svg': 'file', '.png': 'file' },
  assetNames: 'files/[name]-[hash]',
  legalComments: 'linked',
  logLevel: 'warning',
});
await writeFile(join(BUILDING, 'icons.svg'), await sprite());
await rm(BUNDLES, { recursive: true, force: true });
await rename(BUILDING, BUNDLES);

// A style sheet that a script of the same name imports comes out with that script.
async function entryPoints() {
  const names = (await readdir(SOURCES)).filter((name) => !name.startsWith('_'));
  const scripts = names.filter((name) => extname(name) === '.js');
  const sheets = names.filter((name) => extname(name) === '.css' && !scripts.includes(`${basename(name, '.css')}.js`));
  return [...scripts, ...sheets].map((name) => join(SOURCES, name));
}

// Every quoted word that is the name of a Tabler icon gets its symbol; icon('…') of an unknown name stops the build.
async function sprite() {
  const wanted = new Set();
  for await (const [path, text] of sources()) {
    for (const [, name] of text.matchAll(/\bicon\(\s*['"]([a-z0-9-]+)['"]/g)) {
      if (!drawing(name)) throw new Error(`${path}: there is no Tabler icon '${name}'`);
    }
    for (const [, name] of text.matchAll(/['"]([a-z][a-z0-9-]*)['"]/g)) if (drawing(name)) wanted.add(name);
  }
  const symbols = await Promise.all([...wanted].sort().map(symbol));
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

async function symbol(name) {
  const svg = await readFile(drawing(name), 'utf8');
  const inner = svg.slice(svg.indexOf('>', svg.indexOf('<svg')) + 1, svg.lastIndexOf('</svg>'))
    .replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', '').replace(/\s+/g, ' ').trim();
  const paint = name.endsWith('-filled')
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inner}</symbol>`;
}

function drawing(name) {
  const path = name.endsWith('-filled') ? `${ICONS}/filled/${name.slice(0, -7)}.svg` : `${ICONS}/outline/${name}.svg`;
  return existsSync(path) ? path : '';
}

async function* sources() {
  for (const folder of SPOKEN_OF) {
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      if (entry.isFile() && !entry.name.startsWith('_icon') && /\.(html|py|js)$/.test(entry.name) && !path.startsWith('web/static')) {
        yield [path, await readFile(path, 'utf8')];
      }
    }
  }
}
