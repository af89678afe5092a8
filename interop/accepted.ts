/** What others count as a failure and is none, with the text that says so. */
export interface Accepted {
  readonly program: string
  readonly what: RegExp
  readonly because: string
}

export const KNOWN_FINDINGS: readonly Accepted[] = [
  {
    program: 'scim-sanity',
    what: /PATCH \/Groups\/\{id\} add member.*got 400/,
    because:
      'it adds "fake-member-id", whom nobody has: a member is the id of a resource (RFC 7643, section 4.2), and a value that does not fit is 400 invalidValue (RFC 7644, section 3.12)',
  },
  {
    program: 'scim2-tester',
    what: /check_remove_attribute User.*'active'/,
    because:
      'an account is active or not: where nothing is assigned, the service assigns its default (RFC 7644, sections 3.3 and 3.5.1), which is true',
  },
  {
    program: 'go-oidc',
    what: /at_hash: id token did not have an access token hash/,
    because:
      'the claim is optional where the token comes from the token endpoint (OpenID Connect Core, section 3.1.3.6)',
  },
]
