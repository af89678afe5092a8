import { cell } from '../../config/text/markdown.ts'
import { onOneLine } from '../../config/text/printable.ts'
import type { HistoryEvent } from '../log/history.ts'
import type { Forms } from '../terminal.ts'

const SHORT = 10

export const LOG_FORMS: Forms<readonly HistoryEvent[]> = {
  text: (events, terminal) =>
    events.map((event) => `${terminal.paint('dim', event.at)}  ${onOneLine(partsOf(event).join('  '))}`).join('\n'),
  markdown: (events) =>
    [
      '| when | what | by | | |',
      '| --- | --- | --- | --- | --- |',
      ...events.map((e) => `| ${[e.at, e.what, e.by, e.text, restOf(e).join(', ')].map(cell).join(' | ')} |`),
    ].join('\n'),
}

const partsOf = (event: HistoryEvent): readonly string[] => [
  `${event.what} by ${event.by}`,
  event.text,
  ...(restOf(event).length > 0 ? [`(${restOf(event).join(', ')})`] : []),
]

const restOf = ({ commit, approvedBy = [], change }: HistoryEvent): readonly string[] => [
  ...(commit === undefined ? [] : [`commit ${commit.slice(0, SHORT)}`]),
  ...approvedBy.map((who) => `approved by ${who}`),
  ...(change === undefined ? [] : [change]),
]
