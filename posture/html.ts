import { type Html, html } from '../identity/frame/html.ts'
import { bySubject, countsOf, exceptionOf, postureTitle, saidOf, standingCauses } from './lines.ts'
import type { EnvironmentPosture, Posture, RuleStanding, Standing } from './model.ts'

/** Words and signs, so that nobody needs the colours. */
const SIGNS: Readonly<Record<Standing, string>> = { holds: '✓', violates: '✗', excepted: '◷', 'does not apply': '–' }

const STYLE = `
:root { color-scheme: light dark; background: Canvas; color: CanvasText; font: 1rem/1.5 system-ui, sans-serif }
body { background: Canvas; max-width: 75rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100%; margin: 0 0 2rem }
caption { text-align: start; font-weight: 600; padding: .5rem 0 }
th, td { text-align: start; vertical-align: top; padding: .4rem .6rem; border-block-start: 1px solid #8888 }
td:first-child { white-space: nowrap }
.violates { color: light-dark(#a30000, #ff9d9d); font-weight: 600 }
.holds { color: light-dark(#005c1f, #7fdc9b) }
`

/** The standing of a project as one page without scripts or anything to load. */
export function postureHtml(posture: Posture): string {
  const page = html`<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Posture on ${posture.day}</title>
<style>${STYLE}</style></head>
<body><main><h1>Posture on ${posture.day}</h1>
${posture.environments.map(environmentOf)}</main></body>
</html>`
  return `<!doctype html>\n${page.text}\n`
}

const environmentOf = (environment: EnvironmentPosture): Html => html`<h2>${postureTitle(environment)}</h2>
<p>${countsOf(environment.findings)}</p>
${[...bySubject(environment.findings)].map(([subject, findings]) => tableOf(subject, findings))}`

const tableOf = (subject: string, findings: readonly RuleStanding[]): Html => html`<table>
<caption>${subject}: ${countsOf(findings)}</caption>
<thead><tr><th scope="col">Standing</th><th scope="col">Rule</th><th scope="col">Source</th><th scope="col">Because of</th></tr></thead>
<tbody>${findings.map(rowOf)}</tbody>
</table>
`

const rowOf = (finding: RuleStanding): Html => html`<tr>
<td class="${finding.standing.replaceAll(' ', '-')}"><span aria-hidden="true">${SIGNS[finding.standing]}</span> ${finding.standing}</td>
<th scope="row">${saidOf(finding)}</th>
<td>${finding.source ?? 'the project'}</td>
<td>${standingCauses(finding)}${exceptionOf(finding) === undefined ? undefined : html`<br>${exceptionOf(finding)}`}</td>
</tr>
`
