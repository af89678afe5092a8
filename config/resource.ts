import type { Code } from './errors.ts'

export const API_VERSION = 'plumbline.dev/v1alpha1'

/** RFC 6901 JSON Pointer into a document or spec; the empty text is the whole. */
export type Pointer = string

/** A spec as it stands in a document: plain JSON, secrets still references. */
export type Spec = Readonly<Record<string, unknown>>

/** Where a document starts, and where each of its values stands. Lines and columns count from 1. */
export interface Origin {
  readonly file: string
  readonly line: number
  readonly column: number
  /** Position of a pointer into the document (e.g. `/spec/pin/size`), or of its nearest ancestor that is written down. */
  locate(pointer: Pointer, part?: 'key' | 'value'): { readonly line: number; readonly column: number }
}

/** One valid document. */
export interface Resource<S = Spec> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly generation?: number
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec: S
  readonly origin?: Origin
}

/** `Kind/name`, the address of a document everywhere in the project. */
export const addressOf = (resource: { readonly kind: string; readonly metadata: { readonly name: string } }): string =>
  `${resource.kind}/${resource.metadata.name}`

/** `Kind/namespace/name` of a document that has a namespace: tells documents of several namespaces apart. */
export const placedAddressOf = (resource: {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}): string => {
  const { kind, metadata } = resource
  return metadata.namespace === undefined ? addressOf(resource) : `${kind}/${metadata.namespace}/${metadata.name}`
}

/** Something to tell a person about a document. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: Code
  readonly message: string
  readonly file?: string
  readonly line?: number
  readonly column?: number
  /** `Kind/name` when known. */
  readonly resource?: string
  readonly pointer?: Pointer
}

/** `file:line:column kind/name /pointer: message`, the one form in which a diagnostic is printed. */
export function formatDiagnostic(d: Diagnostic): string {
  const place = d.file === undefined ? '' : `${d.file}:${d.line ?? 1}:${d.column ?? 1} `
  const subject = [d.resource, d.pointer === '' ? undefined : d.pointer].filter((t) => t !== undefined).join(' ')
  return `${place}${subject === '' ? '' : `${subject}: `}${d.message}`
}
