package main

import (
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"kasir/shared/app"
	"kasir/shared/function"
	"kasir/shared/route"
)

// consolePath is the path of the console below the API's URL. People return to it after they signed in or out.
const consolePath = "/console"

// consoleThrottle limits the routes of the console's files, which everybody may request. A page needs a few at once.
var consoleThrottle = Throttle{Rate: 20, Burst: 60}

// console reports whether the stage has a console: people sign in, and the addresses for it are known.
func (s Stage) console() bool { return s.Staff != nil && (s.Pool != nil || s.Staff.SignIn != nil) }

// consoleURL returns the address of the console.
func (d *deployment) consoleURL() *string {
	return awscdk.Fn_Join(new(""), &[]*string{d.api.url, new(consolePath)})
}

// consoleSettings are the settings of the console. The pool's issuer is known to AWS alone.
func (s Stage) consoleSettings() []setting {
	if !s.console() {
		return nil
	}
	in, issuer := s.Staff.SignIn, "https://cognito-idp."+s.Region+".amazonaws.com/"+s.Region+"_example"
	if s.Pool != nil {
		in = &SignIn{Authorize: s.poolURL("/oauth2/authorize"), Token: s.poolURL("/oauth2/token"),
			Logout: s.poolURL("/logout")}
	} else {
		issuer = s.Tokens.Issuer
	}
	all := []setting{
		{name: "CONSOLE_PATH", value: s.basePath() + consolePath}, {name: "SIGN_IN_ISSUER", value: issuer},
		{name: "SIGN_IN_URL", value: in.Authorize}, {name: "SIGN_IN_TOKEN_URL", value: in.Token},
		{name: "SIGN_OUT_URL", value: in.Logout}, {name: "SIGN_IN_AUDIENCE", value: in.Audience},
		{name: "SIGN_IN_SCOPES", value: strings.Join(s.signInScopes(in), " ")},
	}
	if s.Settlement != nil {
		all = append(all, setting{name: "REPORTS_ORIGIN", value: "https://reports.s3." + s.Region + ".amazonaws.com"})
	}
	return all
}

// poolURL returns an address of the pool's domain.
func (s Stage) poolURL(path string) string {
	return "https://" + s.Pool.DomainPrefix + ".auth." + s.Region + ".amazoncognito.com" + path
}

// signInScopes returns the scopes that the console asks for: openid, and those of the roles that the stage has.
func (s Stage) signInScopes(in *SignIn) []string {
	if len(in.Scopes) > 0 {
		return in.Scopes
	}
	all := []string{"openid"}
	for _, scope := range s.staffScopes() {
		all = append(all, s.scopePrefix()+string(scope))
	}
	return all
}

// staffScopes returns the scopes of the roles that the stage has. It reads the roles with the functions' own code.
func (s Stage) staffScopes() []route.Scope {
	values := map[string]string{}
	for _, setting := range s.staffSettings() {
		values[setting.name] = setting.value
	}
	roles, _ := app.Load(func(name string) string { return values[name] }, function.Function{Console: true})
	return slices.DeleteFunc(s.scopes(), func(scope route.Scope) bool {
		for _, role := range roles.Staff.Roles { // checkSettings reports what is wrong with them
			if slices.Contains(role.Scopes, scope) {
				return false
			}
		}
		return true
	})
}

// reportsOrigin returns the origin of the forms with which the console uploads settlement reports.
func (d *deployment) reportsOrigin() *string {
	return awscdk.Fn_Join(new(""), &[]*string{
		new("https://"), d.reportsBucket(), new(".s3."), d.stack.Region(), new(".amazonaws.com"),
	})
}

// uploads lets the console's page send those forms and read the answers.
func (d *deployment) uploads() *[]*awss3.CorsRule {
	if !d.stage.console() {
		return nil
	}
	origin := d.api.url
	if d.stage.Domain != nil { // an origin has no path
		origin = new("https://" + d.stage.Domain.Name)
	}
	origins := []*string{origin}
	for _, address := range d.stage.Staff.URLs { // the console behind CloudFront
		if u, err := url.Parse(address); err == nil && strings.HasSuffix(u.Path, consolePath) {
			origins = append(origins, new(u.Scheme+"://"+u.Host))
		}
	}
	return &[]*awss3.CorsRule{{
		Id: new("console"), AllowedOrigins: &origins,
		AllowedMethods: &[]awss3.HttpMethods{awss3.HttpMethods_POST},
	}}
}

// signIn checks where people sign in to the console at another issuer.
func (c *checker) signIn(in *SignIn) {
	if in == nil {
		return
	}
	for field, address := range map[string]string{"Authorize": in.Authorize, "Token": in.Token, "Logout": in.Logout} {
		u, err := url.Parse(address)
		right := err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.Fragment == ""
		c.require(right || field == "Logout" && address == "", "Staff.SignIn."+field,
			"is %q; it must be an https address of the issuer", address)
	}
	openid := len(in.Scopes) == 0 || slices.Contains(in.Scopes, "openid")
	c.require(openid && !slices.ContainsFunc(in.Scopes, notAClient), "Staff.SignIn.Scopes",
		"is %q; it must have openid, and no scope may have a space", in.Scopes)
}
