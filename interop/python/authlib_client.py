"""authlib: the code flow with PKCE, refresh, client credentials, introspection and revocation."""
import os

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, jwt

issuer = os.environ["ISSUER"]
meta = requests.get(issuer + "/.well-known/openid-configuration").json()
auth = dict(client_id=os.environ["CLIENT_ID"], client_secret=os.environ["CLIENT_SECRET"], token_endpoint_auth_method="client_secret_post")


def attempt(what, work):
    try:
        value = work()
        print(f"ok {what}" if value else f"fail {what}: another answer")
        return value
    except Exception as error:  # whatever the library throws is the finding
        print(f"fail {what}: {' '.join(str(error).split())[:400]}")


def sign_in(url):
    print("AUTHORIZE " + url, flush=True)
    return input()


session = OAuth2Session(**auth, scope="openid profile email offline_access", redirect_uri=os.environ["REDIRECT"], code_challenge_method="S256")
verifier, nonce = generate_token(48), generate_token()
url, state = session.create_authorization_url(meta["authorization_endpoint"], code_verifier=verifier, nonce=nonce)
back = sign_in(url)
token = attempt("code flow", lambda: session.fetch_token(meta["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier))
keys = JsonWebKey.import_key_set(requests.get(meta["jwks_uri"]).json())


def verified():
    claims = jwt.decode(token["id_token"], keys, claims_options={"iss": {"value": issuer}, "nonce": {"value": nonce}})
    claims.validate()
    return claims["sub"] == "ada"


attempt("ID token", verified)
attempt("userinfo", lambda: session.get(meta["userinfo_endpoint"]).json()["email"] == "ada@example.com")
machine = OAuth2Session(**auth)
attempt("client credentials", lambda: machine.fetch_token(meta["token_endpoint"], grant_type="client_credentials", scope="orders:read"))
attempt("introspection", lambda: machine.introspect_token(meta["introspection_endpoint"], token=machine.token["access_token"]).json()["active"])
attempt("revocation", lambda: machine.revoke_token(meta["revocation_endpoint"], token=machine.token["access_token"]).status_code == 200)
attempt("introspection after it", lambda: not machine.introspect_token(meta["introspection_endpoint"], token=machine.token["access_token"]).json()["active"])
