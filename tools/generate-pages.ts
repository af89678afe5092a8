import { build } from 'esbuild'
import { SCRIPTS } from '../identity/frame/script-names.ts'

const root = new URL('../', import.meta.url).pathname

/** The scripts of the login pages, bundled: path from the root of the repository → text. */
export async function pageScripts(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: SCRIPTS.map((name) => `identity/frame/browser/${name}.ts`),
    outdir: 'identity/frame/generated',
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    legalComments: 'inline',
    charset: 'utf8',
    logLevel: 'silent',
    write: false,
  })
  return new Map(outputFiles.map(({ path, text }) => [path.slice(root.length), text]))
}
