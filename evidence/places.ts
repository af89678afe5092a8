/** Where the evidence of one environment lies. */
export interface EvidencePlace {
  /** Records, one a line. */
  readonly file: string
  /** The key that signs, unless another one is given. */
  readonly key: string
  /** Public keys (JWK Set). */
  readonly publicKeys: string
}

/** The files behind a beginning of names (`RunPlaces.evidence`). */
export const evidencePlace = (beginning: string): EvidencePlace => ({
  file: `${beginning}.jsonl`,
  key: `${beginning}-key.json`,
  publicKeys: `${beginning}-keys.json`,
})
