// Lets go-oidc and zitadel/oidc sign a person in. Prints "ok <what>" or "fail <what>: <why>" by the line.
package main

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/zitadel/oidc/v3/pkg/client/rp"
	zitadel "github.com/zitadel/oidc/v3/pkg/oidc"
	"golang.org/x/oauth2"
)

var (
	issuer   = os.Getenv("ISSUER")
	id       = os.Getenv("CLIENT_ID")
	secret   = os.Getenv("CLIENT_SECRET")
	redirect = os.Getenv("REDIRECT")
	scopes   = []string{"openid", "profile", "email", "offline_access"}
)

func check(what string, err error) bool {
	if err != nil {
		fmt.Printf("fail %s: %v\n", what, err)
		return false
	}
	fmt.Printf("ok %s\n", what)
	return true
}

func same(what, got, wanted string) {
	if got != wanted {
		check(what, fmt.Errorf("%q instead of %q", got, wanted))
		return
	}
	check(what, nil)
}

// signIn has a person signed in at the address and returns the code.
func signIn(address string) string {
	fmt.Println("AUTHORIZE " + address)
	line, _, _ := bufio.NewReader(os.Stdin).ReadLine()
	back, err := url.Parse(string(line))
	if err != nil {
		return ""
	}
	return back.Query().Get("code")
}

func goOidc(ctx context.Context) {
	provider, err := oidc.NewProvider(ctx, issuer)
	if !check("discovery", err) {
		return
	}
	config := oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: provider.Endpoint(), RedirectURL: redirect, Scopes: scopes}
	verifier := oauth2.GenerateVerifier()
	code := signIn(config.AuthCodeURL("state", oidc.Nonce("nonce"), oauth2.S256ChallengeOption(verifier)))
	token, err := config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if !check("code flow", err) {
		return
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := provider.Verifier(&oidc.Config{ClientID: id}).Verify(ctx, raw)
	if check("ID token", err) {
		same("nonce", idToken.Nonce, "nonce")
		check("at_hash", idToken.VerifyAccessToken(token.AccessToken))
	}
	info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if check("userinfo", err) {
		same("e-mail address", info.Email, "ada@example.com")
	}
}

func zitadelOidc(ctx context.Context) {
	party, err := rp.NewRelyingPartyOIDC(ctx, issuer, id, secret, redirect, scopes)
	if !check("discovery", err) {
		return
	}
	verifier := oauth2.GenerateVerifier()
	challenge := oauth2.S256ChallengeFromVerifier(verifier)
	code := signIn(rp.AuthURL("state", party, rp.WithCodeChallenge(challenge), rp.AuthURLOpt(rp.WithPromptURLParam("consent"))))
	tokens, err := rp.CodeExchange[*zitadel.IDTokenClaims](ctx, code, party, rp.WithCodeVerifier(verifier))
	if !check("code flow and ID token", err) {
		return
	}
	same("subject", tokens.IDTokenClaims.Subject, "ada")
	info, err := rp.Userinfo[*zitadel.UserInfo](ctx, tokens.AccessToken, tokens.TokenType, "ada", party)
	if check("userinfo", err) {
		same("e-mail address", info.Email, "ada@example.com")
	}
	_, err = rp.RefreshTokens[*zitadel.IDTokenClaims](ctx, party, tokens.RefreshToken, "", "")
	check("refresh", err)
}

func main() {
	run := map[string]func(context.Context){"go-oidc": goOidc, "zitadel": zitadelOidc}[os.Args[1]]
	run(context.Background())
}
