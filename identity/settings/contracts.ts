import { CONTRACTS } from './generated/contracts.ts'

export type ContractName = keyof typeof CONTRACTS
export type SchemaName<C extends ContractName> = keyof (typeof CONTRACTS)[C] & string

/** Every contract's schemas as one JSON Schema document each, for ajv. */
export function contractSchemas(): readonly object[] {
  return Object.entries(CONTRACTS).map(([name, $defs]) => ({ $id: `contract:${name}`, $defs }))
}

/** A reference to a schema of a contract, for the `schema` of a route. */
export function contractSchema<C extends ContractName>(contract: C, name: SchemaName<C>): { readonly $ref: string } {
  return { $ref: `contract:${contract}#/$defs/${name}` }
}
