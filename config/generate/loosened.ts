type Node = Readonly<Record<string, unknown>>
type Transform = (node: Node) => Node

/** Texts that the language reads as a value of another type, or as a part of a text. `$${` stands for the characters themselves. */
export const VARIABLE_DEFINITIONS = {
  variable: {
    description: 'A variable of the project, which takes its type.',
    type: 'string',
    pattern: '^\\$\\{[A-Za-z][A-Za-z0-9_.-]*\\}$',
  },
  textWithVariables: {
    description: 'A text with variables of the project.',
    type: 'string',
    pattern: '(^|[^$])\\$\\{[A-Za-z][A-Za-z0-9_.-]*\\}',
  },
} as const

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema of values in which variables may stand for texts, numbers, choices and yes or no. */
export function withVariables(node: Node): Node {
  const { type } = node
  if (type === 'object' || type === 'array' || Array.isArray(node.anyOf)) return inside(node, withVariables)
  if (isRoomy(node) || takesAnything(node)) return node
  if (type === 'string' || typeof node.const === 'string') return either(node, 'textWithVariables')
  return type === 'null' ? node : either(node, 'variable')
}

const takesAnything = (node: Node): boolean => !['type', 'const', 'enum', 'anyOf'].some((keyword) => keyword in node)

/** A text that takes nearly any: one with variables fits, too. */
const isRoomy = ({ type, pattern, format, enum: names, maxLength = 0 }: Node): boolean =>
  type === 'string' && pattern === undefined && format === undefined && names === undefined && Number(maxLength) >= 128

function either(node: Node, definition: keyof typeof VARIABLE_DEFINITIONS): Node {
  const { description, ...rest } = node
  const choices = [rest, { $ref: `#/definitions/${definition}` }]
  return { ...(description === undefined ? {} : { description }), anyOf: choices }
}

/** The schema of a JSON Merge Patch (RFC 7396) for the values of a schema: nothing is required, and null removes. */
export function patchOf(node: Node): Node {
  if (node.type !== 'object') return node
  const { required: _, oneOf: _forms, minProperties: _least, ...rest } = node
  const orNull: Transform = (child) => ({ anyOf: [patchOf(child), { type: 'null' }] })
  return inProperties(rest, orNull)
}

function inside(node: Node, transform: Transform): Node {
  const { items, anyOf } = node
  return {
    ...inProperties(node, transform),
    ...(isNode(items) ? { items: transform(items) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map((choice: Node) => transform(choice)) } : {}),
  }
}

/** Keywords whose values are schemas by name. */
const MAPS = ['properties', 'patternProperties'] as const

function inProperties(node: Node, transform: Transform): Node {
  const maps = MAPS.flatMap((keyword) => {
    const schemas = node[keyword]
    if (!isNode(schemas)) return []
    return [[keyword, Object.fromEntries(Object.entries(schemas).map(([k, s]) => [k, transform(s as Node)]))] as const]
  })
  return { ...node, ...Object.fromEntries(maps) }
}
