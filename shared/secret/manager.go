package secret

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
)

// From returns a function that fetches a secret from Secrets Manager.
func From(client *secretsmanager.Client, arn string) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		out, err := client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(arn)})
		var missing *types.ResourceNotFoundException
		if errors.As(err, &missing) {
			return "", errors.New("there is no such secret, or it has no value yet: " + Where)
		}
		if err != nil {
			return "", err
		}
		if out.SecretString == nil && len(out.SecretBinary) > 0 {
			return "", errors.New("the secret was stored as bytes (--secret-binary) and must be a string: " + Where)
		}
		return aws.ToString(out.SecretString), nil
	}
}
