import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'oxc-parser'

/** What the house script looks at in one file. Lines count from 1. */
export interface FileFacts {
  readonly file: string
  /** Names that are defined and exported here; what is only passed on does not count. */
  readonly exported: readonly string[]
  /** Values of the module that change while the process runs: `let`, or a collection that starts empty. */
  readonly state: readonly string[]
  readonly readsEnvironment: boolean
  readonly functions: readonly FunctionFacts[]
}

interface FunctionFacts {
  readonly at: string
  readonly lines: number
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

const COLLECTIONS = new Set(['Map', 'Set', 'WeakMap', 'WeakSet', 'Array'])
const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

/** Reads the facts of every file. */
export const factsOf = (root: string, files: readonly string[]): readonly FileFacts[] =>
  files.map((file) => factsIn(file, readFileSync(join(root, file), 'utf8')))

/** The facts of one file by its text. */
export function factsIn(file: string, text: string): FileFacts {
  const { program } = parseSync(file, text)
  const body = program.body as unknown as readonly Node[]
  const nodes = [...nodesIn(program as unknown as Node)]
  const imported = new Set(body.flatMap(importedBy))
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  return {
    file,
    exported: [...new Set(body.flatMap((node) => exportedBy(node)))].filter((name) => !imported.has(name)),
    state: body.flatMap((node) => stateIn(node.type === 'ExportNamedDeclaration' ? node.declaration : node)),
    readsEnvironment: nodes.some(isEnvironment),
    functions: nodes
      .filter(({ type }) => FUNCTIONS.has(type))
      .map(({ start, end }) => ({
        at: `${file}:${lineAt(start)}`,
        lines: lineAt(end) - lineAt(start) + 1,
      })),
  }
}

function* nodesIn(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* nodesIn(item)
  else if (isNode(value)) {
    yield value
    for (const inner of Object.values(value)) yield* nodesIn(inner)
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

const nameOf = (value: unknown): readonly string[] =>
  isNode(value) && typeof value.name === 'string' ? [value.name] : []

const importedBy = ({ type, specifiers }: Node): readonly string[] =>
  type === 'ImportDeclaration' ? (specifiers as readonly Node[]).flatMap(({ local }) => nameOf(local)) : []

function exportedBy(node: Node): readonly string[] {
  if (node.type !== 'ExportNamedDeclaration' || node.source) return []
  const { declaration, specifiers } = node as unknown as { declaration?: Node; specifiers: readonly Node[] }
  if (!declaration) return specifiers.flatMap(({ exported }) => nameOf(exported))
  return 'declarations' in declaration
    ? declaratorsOf(declaration).flatMap(({ id }) => nameOf(id))
    : nameOf(declaration.id)
}

const declaratorsOf = (node: Node): readonly Node[] => node.declarations as readonly Node[]

function stateIn(node: unknown): readonly string[] {
  if (!isNode(node) || node.type !== 'VariableDeclaration') return []
  const changing = declaratorsOf(node).filter(
    ({ id, init }) => node.kind === 'let' || (isEmptyCollection(init) && !isReadonly(id as Node)),
  )
  return changing.flatMap(({ id }) => nameOf(id))
}

/** `const NONE: readonly string[] = []` says that it stays empty. */
function isReadonly({ typeAnnotation }: Node): boolean {
  const inner = isNode(typeAnnotation) ? typeAnnotation.typeAnnotation : undefined
  if (!isNode(inner)) return false
  return inner.operator === 'readonly' || nameOf(inner.typeName).some((name) => name.startsWith('Readonly'))
}

function isEmptyCollection(init: unknown): boolean {
  if (!isNode(init)) return false
  if (init.type === 'ArrayExpression') return (init.elements as readonly unknown[]).length === 0
  if (init.type !== 'NewExpression') return false
  return (
    nameOf(init.callee).some((name) => COLLECTIONS.has(name)) && (init.arguments as readonly unknown[]).length === 0
  )
}

const isEnvironment = ({ type, object, property }: Node): boolean =>
  type === 'MemberExpression' && nameOf(object).includes('process') && nameOf(property).includes('env')
