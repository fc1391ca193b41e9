package main

import (
	"encoding/json"
	"slices"
	"testing"
)

// policy is of a role that may read one table and its index, and use a key through DynamoDB.
const policy = `[
	{"Sid": "Orders", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
	 "Resource": "arn:table/kasir"},
	{"Sid": "Lists", "Effect": "Allow", "Action": "dynamodb:Query", "Resource": ["arn:table/kasir/index/day"]},
	{"Effect": "Allow", "Action": "logs:Put*", "Resource": "arn:group:*"},
	{"Sid": "Key", "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:key",
	 "Condition": {"StringEquals": {"kms:ViaService": "dynamodb.ap-southeast-3.amazonaws.com"}}},
	{"Sid": "Other", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*",
	 "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
	{"Sid": "Never", "Effect": "Deny", "Action": "dynamodb:PutItem", "Resource": "arn:table/other"}]`

func judgeOf(t *testing.T, role, text string) *judge {
	t.Helper()
	var statements []statement
	if err := json.Unmarshal([]byte(text), &statements); err != nil {
		t.Fatal(err)
	}
	return newJudge(map[string][]statement{role: statements}, nil)
}

// asked returns the call of a role.
func asked(role, action, resource, via string) call {
	return call{role: role, action: action, resource: resource, via: via}
}

// A call is allowed only by a statement with its action, its resource and conditions that hold.
func TestACallIsJudgedByTheStatements(t *testing.T) {
	const dynamodb = "dynamodb.ap-southeast-3.amazonaws.com"
	for _, c := range []struct {
		call
		allowed bool
	}{
		{asked("reader", "dynamodb:GetItem", "arn:table/kasir", ""), true},
		{asked("other", "dynamodb:GetItem", "arn:table/kasir", ""), false},
		{asked("reader", "dynamodb:DeleteItem", "arn:table/kasir", ""), false},
		{asked("reader", "dynamodb:GetItem", "arn:table/kasir2", ""), false},
		{asked("reader", "dynamodb:Query", "arn:table/kasir", ""), false},
		{asked("reader", "dynamodb:Query", "arn:table/kasir/index/day", ""), true},
		{asked("reader", "dynamodb:Query", "arn:table/kasir/index/due", ""), false},
		{asked("reader", "logs:PutLogEvents", "arn:group:stream", ""), true},
		{asked("reader", "logs:CreateLogStream", "arn:group:stream", ""), false},
		{asked("reader", "logs:PutLogEvents", "arn:group", ""), false},
		{asked("reader", "kms:Decrypt", "arn:key", dynamodb), true},
		{asked("reader", "kms:Decrypt", "arn:key", ""), false},
		{asked("reader", "kms:Decrypt", "arn:key", "s3.ap-southeast-3.amazonaws.com"), false},
		{asked("reader", "s3:GetObject", "arn:object", ""), false},
	} {
		if got := judgeOf(t, "reader", policy).allow(c.call); got != c.allowed {
			t.Errorf("%v is allowed: %t", c.call, got)
		}
	}
}

func TestADenialWins(t *testing.T) {
	j := judgeOf(t, "writer", `[{"Effect": "Allow", "Action": "*", "Resource": "*"},
		{"Effect": "Deny", "Action": "s3:*", "Resource": "arn:kept/*"}]`)
	for resource, want := range map[string]bool{"arn:mine/x": true, "arn:kept/x": false} {
		if got := j.allow(asked("writer", "s3:PutObject", resource, "")); got != want {
			t.Errorf("%s is allowed: %t", resource, got)
		}
	}
}

// A role with a boundary may do what both allow.
func TestABoundaryMustAllowACallToo(t *testing.T) {
	j := judgeOf(t, "writer", `[{"Action": "s3:*", "Resource": "*"}, {"Action": "kms:Decrypt", "Resource": "*"}]`)
	limits := `[{"Action": ["s3:PutObject", "sqs:SendMessage"], "Resource": "arn:mine/*"},
		{"Action": "kms:Decrypt", "Resource": "*", "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}}]`
	j.boundaries = judgeOf(t, "writer", limits).roles
	for asking, want := range map[call]bool{
		asked("writer", "s3:PutObject", "arn:mine/x", ""):                   true,
		asked("writer", "s3:PutObject", "arn:other/x", ""):                  false,
		asked("writer", "s3:GetObject", "arn:mine/x", ""):                   false,
		asked("writer", "sqs:SendMessage", "arn:mine/x", ""):                false,
		asked("writer", "kms:Decrypt", "k", "s3.x.amazonaws.com"):           true,
		asked("writer", "kms:Decrypt", "k", "dynamodb.x.amazonaws.com"):     false,
		asked("other", "s3:PutObject", "arn:mine/x", "the role is unknown"): false,
	} {
		if got := j.allow(asking); got != want {
			t.Errorf("%v is allowed: %t", asking, got)
		}
	}
}

// Both kinds of mistakes in a policy are found: a permission that is missing, and one that no call needs. A permission
// that another statement already gives is not needed.
func TestMissingAndSuperfluousPermissionsAreFound(t *testing.T) {
	j := judgeOf(t, "reader", `[
		{"Sid": "Orders", "Effect": "Allow", "Action": ["dynamodb:GetItem", "dynamodb:PutItem"],
		 "Resource": ["arn:a", "arn:b"]},
		{"Sid": "Twice", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": "arn:a"},
		{"Sid": "Never", "Effect": "Deny", "Action": "dynamodb:DeleteItem", "Resource": "arn:a"}]`)
	for _, resource := range []string{"arn:a", "arn:a", "arn:b"} {
		j.allow(asked("reader", "dynamodb:GetItem", resource, ""))
	}
	j.allow(asked("reader", "dynamodb:PutItem", "arn:b", ""))
	j.allow(asked("reader", "dynamodb:Query", "arn:a", ""))
	if got := j.denied(); !slices.Equal(got, []string{"reader dynamodb:Query arn:a"}) {
		t.Errorf("denied: %q", got)
	}
	superfluous := []string{"reader Orders dynamodb:PutItem arn:a", "reader Twice dynamodb:GetItem arn:a"}
	if got := j.unused(); !slices.Equal(got, superfluous) {
		t.Errorf("superfluous: %q", got)
	}
	if n := j.verdicts[asked("reader", "dynamodb:GetItem", "arn:a", "")].count; n != 2 {
		t.Errorf("the call is counted %d times", n)
	}
	if findings(j) == nil {
		t.Error("the findings are no error")
	}
}
