import { type ErrorForm, Fault, type Issue } from '../fault.ts'

const SOURCES: Readonly<Record<Issue['part'], string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
}

/** 422 about one place of the body, e.g. `/pin_size`. `text`: key of what pages say instead. */
export const invalid = (pointer: string, message: string, text?: string): Fault =>
  new Fault(422, message, { issues: [{ part: 'body', pointer, message }], ...(text === undefined ? {} : { text }) })

/**
 * Error bodies of the contract: ValidationErrorBody for 422, which is also said to an unreadable body; else a text
 * (`x-recommended-errors`), with a code where a program has to tell refusals apart.
 */
export const vaultErrors: ErrorForm = ({ status, message, issues, code }) => {
  if (status !== 400 && status !== 422)
    return { status, body: { detail: message, ...(code === undefined ? {} : { code }) } }
  const unreadable = { loc: ['body'], msg: message, type: 'json_invalid' }
  return { status: 422, body: { detail: issues.length > 0 ? issues.map(detailOf) : [unreadable] } }
}

const detailOf = ({ part, pointer, message }: Issue) => ({
  loc: [SOURCES[part], ...pointer.split('/').slice(1).map(segment)],
  msg: message,
  type: 'value_error',
})

const segment = (text: string): string | number =>
  /^\d+$/.test(text) ? Number(text) : text.replaceAll('~1', '/').replaceAll('~0', '~')
