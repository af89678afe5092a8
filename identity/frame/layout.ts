import { ICON, STYLE, scriptAddress } from './assets.ts'
import { type Html, html } from './html.ts'
import { directionOf } from './languages.ts'
import type { ScriptName } from './script-names.ts'
import type { Site } from './site.ts'

/** One page. `script` is its only script; all texts are plain. */
export interface View {
  /** Heading, and title of the window. */
  readonly title: string
  readonly content: Html
  readonly script?: ScriptName
  readonly lead?: string | undefined
  /** Something went wrong: said at the top, and announced. */
  readonly problem?: string | undefined
  /** Something went well. */
  readonly notice?: string | undefined
  /** Where to go without waiting. The page is a stop on the way of a form, which may not lead to other sites by itself. */
  readonly goTo?: string
  readonly wide?: boolean
}

/** The whole document of a page. */
export const pageDocument = (site: Site, view: View): string =>
  html`<!doctype html>
<html lang="${site.say.lang}" dir="${directionOf(site.say.lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${view.goTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${view.goTo}">`}
<title>${titleOf(site, view)}</title>
<link rel="stylesheet" href="${STYLE.address}">
<link rel="icon" href="${ICON.address}">
${view.script && html`<script type="module" src="${scriptAddress(view.script)}"></script>`}
</head>
<body>
<main class="card${view.wide && ' wide'}">
<header>
${brandOf(site)}
<h1>${view.title}</h1>
${view.lead !== undefined && html`<p class="lead">${view.lead}</p>`}
</header>
<p class="problem" id="problem" role="alert">${view.problem}</p>
${view.notice !== undefined && html`<p class="notice" role="status">${view.notice}</p>`}
${view.content}
</main>
<footer>${site.links.map(({ label, url }) => html`<a href="${url}" rel="noopener">${label}</a> `)}</footer>
</body>
</html>
`.text

const titleOf = (site: Site, { title, problem }: View): string =>
  `${problem === undefined ? '' : `${site.say('error.title')}: `}${title}${site.title === '' ? '' : ` – ${site.title}`}`

const CHARACTERS = new Intl.Segmenter()

/** The logo of the application, or the first letter of the tenant's name. Either only adorns: the name is in the heading. */
function brandOf({ logo, title }: Site): Html {
  if (logo !== undefined) return html`<img class="logo" src="${logo}" alt="" width="56" height="56">`
  const [first] = CHARACTERS.segment(title)
  return html`<div class="letter" aria-hidden="true">${(first?.segment ?? '·').toUpperCase()}</div>`
}

/** A short paragraph. */
export const paragraph = (text: string): Html => html`<p>${text}</p>`
