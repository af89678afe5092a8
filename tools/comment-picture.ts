import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import MarkdownIt from 'markdown-it'
import { reviewMarkdown } from '../review/markdown.ts'
import { review } from '../review/review.ts'
import { revisionsOf } from '../review/revisions.ts'
import { launchBrowser } from '../tests/support/browser.ts'

/** Writes docs/images/review-comment.png: the comment on a change of examples/acme. `npx tsx tools/comment-picture.ts`. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const WHO = ['-c', 'user.name=acme', '-c', 'user.email=acme@example.com']

/** The change that docs/pull-requests.md tells of. */
const CHANGES: readonly (readonly [string, string, string])[] = [
  ['documents/tenant.yaml', 'size: 6', 'size: 4'],
  ['documents/cim.yaml', 'minLength: 12', 'minLength: 14'],
]

function comment(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-comment-'))
  const git = (...args: readonly string[]) => execFileSync('git', [...WHO, ...args], { cwd: folder })
  try {
    cpSync(join(ROOT, 'examples/acme'), folder, { recursive: true })
    git('init', '-q', '-b', 'main')
    git('add', '-A')
    git('commit', '-qm', 'base')
    for (const [file, was, is] of CHANGES) {
      const text = readFileSync(join(folder, file), 'utf8')
      if (!text.includes(was)) throw new Error(`${file} does not say ${was}`)
      writeFileSync(join(folder, file), text.replace(was, is))
    }
    const compared = revisionsOf({ cwd: folder, base: 'main' })
    return reviewMarkdown(review('main', compared.environments, compared.project))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const page = (body: string): string => `<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 system-ui, sans-serif }
article { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e }
header b { color: #1f2328 }
main { padding: 4px 16px }
code { background: #eff1f3; border-radius: 6px; padding: 2px 5px; font: 12px ui-monospace, monospace }
h4 { margin: 16px 0 8px } ul { padding-left: 24px } li { margin: 4px 0 } summary { cursor: pointer }
</style><article><header><b>plumbline</b> commented</header><main>${body}</main></article>`

const browser = await launchBrowser()
try {
  const shown = await browser.newPage({ viewport: { width: 900, height: 400 } })
  await shown.setContent(page(new MarkdownIt({ html: true }).render(comment())))
  const picture = await shown.screenshot({ fullPage: true })
  writeFileSync(join(ROOT, 'docs/images/review-comment.png'), picture)
  console.log(`docs/images/review-comment.png: ${Math.ceil(picture.length / 1024)} kB`)
} finally {
  await browser.close()
}
