import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.*;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;

/** The Nimbus OpenID Connect SDK, which Spring Security is built on. */
public class Nimbus {
  public static void main(String[] words) throws Exception {
    Issuer issuer = new Issuer(System.getenv("ISSUER"));
    ClientID id = new ClientID(System.getenv("CLIENT_ID"));
    ClientSecretPost auth = new ClientSecretPost(id, new Secret(System.getenv("CLIENT_SECRET")));
    URI redirect = URI.create(System.getenv("REDIRECT"));
    OIDCProviderMetadata[] op = new OIDCProviderMetadata[1];
    OIDCTokenResponse[] tokens = new OIDCTokenResponse[1];
    Nonce nonce = new Nonce();
    Scim.attempt("discovery", () -> (op[0] = OIDCProviderMetadata.resolve(issuer)) != null);
    Scim.attempt("code flow", () -> {
      CodeVerifier verifier = new CodeVerifier();
      URI address = new AuthenticationRequest.Builder(new ResponseType("code"), new Scope("openid", "email"), id, redirect)
          .endpointURI(op[0].getAuthorizationEndpointURI()).state(new State()).nonce(nonce)
          .codeChallenge(verifier, CodeChallengeMethod.S256).build().toURI();
      System.out.println("AUTHORIZE " + address);
      String back = new BufferedReader(new InputStreamReader(System.in)).readLine();
      AuthorizationCode code = AuthenticationResponseParser.parse(URI.create(back)).toSuccessResponse().getAuthorizationCode();
      TokenRequest request = new TokenRequest(op[0].getTokenEndpointURI(), auth, new AuthorizationCodeGrant(code, redirect, verifier));
      tokens[0] = (OIDCTokenResponse) OIDCTokenResponseParser.parse(request.toHTTPRequest().send()).toSuccessResponse();
      return true;
    });
    Scim.attempt("ID token", () -> new IDTokenValidator(issuer, id, JWSAlgorithm.RS256, op[0].getJWKSetURI().toURL())
        .validate(tokens[0].getOIDCTokens().getIDToken(), nonce).getSubject().getValue().equals("ada"));
    Scim.attempt("userinfo", () -> UserInfoResponse.parse(new UserInfoRequest(op[0].getUserInfoEndpointURI(),
        tokens[0].getOIDCTokens().getBearerAccessToken()).toHTTPRequest().send()).toSuccessResponse().getUserInfo()
        .getEmailAddress().equals("ada@example.com"));
    Scim.attempt("introspection", () -> TokenIntrospectionResponse.parse(new TokenIntrospectionRequest(
        op[0].getIntrospectionEndpointURI(), auth, tokens[0].getOIDCTokens().getAccessToken()).toHTTPRequest().send())
        .toSuccessResponse().isActive());
    Scim.attempt("revocation", () -> {
      HTTPResponse answer = new TokenRevocationRequest(op[0].getRevocationEndpointURI(), auth,
          tokens[0].getOIDCTokens().getAccessToken()).toHTTPRequest().send();
      return answer.indicatesSuccess();
    });
  }
}
