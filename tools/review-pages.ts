import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import MarkdownIt from 'markdown-it'
import { loadProject } from '../config/project/project.ts'
import type { Annotation } from '../forge/model.ts'
import { html } from '../identity/frame/html.ts'
import { postureHtml } from '../posture/html.ts'
import { postureOf } from '../posture/posture.ts'
import type { Step } from '../reconciler/model.ts'
import { reviewMarkdown } from '../review/markdown.ts'
import { type ReviewPost, toldOf } from '../review/post.ts'
import { driftOfConnections } from '../review/proposal/drifted.ts'
import { proposalBody, proposalTitle } from '../review/proposal/markdown.ts'
import { review } from '../review/review.ts'
import { revisionsOf } from '../review/revisions.ts'

/** The pages behind the pictures of docs/images/: comment, check, drift proposal and report of examples/acme. */

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const WHO = ['-c', 'user.name=acme', '-c', 'user.email=acme@example.com']
const DAY = '2026-12-01'

/** The change that docs/pull-requests.md tells of. */
const CHANGES: readonly (readonly [string, string, string])[] = [
  ['documents/tenant.yaml', 'size: 6', 'size: 4'],
  ['documents/cim.yaml', 'minLength: 12', 'minLength: 14'],
]

/** What somebody changed in the administration pages. */
const DRIFTED: Step = {
  action: 'update',
  address: 'CimStepUp/acme-step-up',
  kind: 'CimStepUp',
  connection: 'cim',
  key: '',
  drift: true,
  needs: [],
  changes: [{ op: 'replace', path: '/actions/changePassword', from: 2, to: 4, impact: 'tightens' }],
}

function inCopy<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-pictures-'))
  try {
    cpSync(join(ROOT, 'examples/acme'), folder, { recursive: true })
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const reviewed = (): ReviewPost =>
  inCopy((folder) => {
    const git = (...args: readonly string[]) => execFileSync('git', [...WHO, ...args], { cwd: folder })
    git('init', '-q', '-b', 'main')
    git('add', '-A')
    git('commit', '-qm', 'base')
    for (const [file, was, is] of CHANGES) {
      const text = readFileSync(join(folder, file), 'utf8')
      if (!text.includes(was)) throw new Error(`${file} does not say ${was}`)
      writeFileSync(join(folder, file), text.replace(was, is))
    }
    const compared = revisionsOf({ cwd: folder, base: 'main' })
    const found = review('main', compared.environments, compared.project)
    return toldOf(found, reviewMarkdown(found), false, (path) => path)
  })

const proposed = (): { readonly title: string; readonly body: string } =>
  inCopy((folder) => {
    const options = { file: join(folder, 'plumbline.yaml'), environment: 'production' }
    const { resources } = loadProject(options)
    const plan = { steps: [DRIFTED], finalize: [], orphans: [], diagnostics: [], digest: '' }
    const [drift] = driftOfConnections({ plan, resources, ...options })
    if (drift === undefined || drift.files.size === 0) throw new Error('nothing has drifted')
    return { title: proposalTitle(drift, 'production'), body: proposalBody(drift) }
  })

const report = (): string =>
  inCopy((folder) =>
    postureHtml(
      postureOf([loadProject({ cwd: folder, file: join(folder, 'plumbline.yaml'), environment: 'dev' })], DAY),
    ),
  )

const STYLE = `
body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 system-ui, sans-serif }
article { border: 1px solid #d1d9e0; border-radius: 6px; overflow: hidden; margin-bottom: 12px }
header { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e }
header b { color: #1f2328 }
main { padding: 4px 16px 8px }
code { background: #eff1f3; border-radius: 6px; padding: 2px 5px; font: 12px ui-monospace, monospace }
pre { background: #f6f8fa; padding: 12px; border-radius: 6px } pre code { padding: 0; background: none }
table { border-collapse: collapse } th, td { border: 1px solid #d1d9e0; padding: 4px 10px; text-align: left }
h4 { margin: 16px 0 8px } ul { padding-left: 24px } li { margin: 4px 0 } summary { cursor: pointer }`

const page = (body: string): string => `<!doctype html><meta charset="utf-8"><style>${STYLE}</style>${body}`

const markdown = (text: string): string => new MarkdownIt({ html: true }).render(text)

const article = (who: string, said: string, body: string): string =>
  `<article><header><b>${who}</b> ${said}</header><main>${body}</main></article>`

const MARKS: Readonly<Record<Annotation['level'], string>> = { failure: '⛔', warning: '⚠️', notice: 'ℹ️' }

const annotation = ({ path, line, level, title, text }: Annotation): string =>
  html`<article><header>${MARKS[level]} <b>${path}#L${String(line)}</b></header><main><b>${title}</b><br>${text}</main></article>`
    .text

/** The check as a forge shows it: its title, and what stands on the lines. */
const check = ({ title, conclusion, annotations }: ReviewPost): string =>
  article('plumbline', conclusion, html`<p><b>${title}</b></p>`.text) + annotations.slice(0, 4).map(annotation).join('')

/** Name of a picture → the page that it shows. */
export function reviewPages(): Readonly<Record<string, string>> {
  const told = reviewed()
  const { title, body } = proposed()
  return {
    'review-comment': page(article('plumbline', 'commented', markdown(told.text))),
    'review-check': page(check(told)),
    'drift-proposal': page(article(html`${title}`.text, 'by plumbline', markdown(body))),
    'posture-report': report(),
  }
}
