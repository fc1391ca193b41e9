package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"kasir/shared/webhook"
)

// Labels of the versions of a secret. A version is written under pending, and becomes the current one only in the place
// of the version that was read. Otherwise two commands at once would lose the secret that one of them has printed.
const (
	current = "AWSCURRENT"
	pending = "KASIRPENDING"
)

// changeTries is how often changeSecrets begins anew because another command has changed the secrets.
const changeTries = 20

// readSecrets returns the secrets of all endpoints, and their version. It returns none if none was written yet.
func (d *webhookDesk) readSecrets(ctx context.Context) (all webhook.Secrets, version string, err error) {
	out, err := d.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &d.secretARN})
	if _, missing := errors.AsType[*types.ResourceNotFoundException](err); missing {
		return webhook.Secrets{}, "", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("reading the secret of the webhooks: %w", err)
	}
	all, err = webhook.ParseSecrets(aws.ToString(out.SecretString))
	return all, aws.ToString(out.VersionId), err
}

// changeSecrets reads the secrets, lets change change them, and writes them. If another command changes them meanwhile,
// it begins anew.
func (d *webhookDesk) changeSecrets(ctx context.Context, change func(webhook.Secrets) error) error {
	for range changeTries {
		all, version, err := d.readSecrets(ctx)
		if err != nil {
			return err
		}
		if err := change(all); err != nil {
			return err
		}
		written, err := d.writeSecrets(ctx, all, version)
		if err != nil {
			return fmt.Errorf("writing the secret of the webhooks: %w", err)
		}
		if written {
			return nil
		}
	}
	return errors.New("writing the secret of the webhooks: other commands change it all the time; nothing was changed")
}

// writeSecrets writes the secrets in the place of a version, empty for none. written reports whether that version was
// still the current one.
func (d *webhookDesk) writeSecrets(ctx context.Context, all webhook.Secrets, version string) (written bool, err error) {
	put, err := d.secrets.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &d.secretARN,
		SecretString: aws.String(all.JSON()), VersionStages: []string{pending}})
	if err != nil {
		return false, err
	}
	if version == "" { // the first version of a secret is the current one
		return slices.Contains(put.VersionStages, current), nil
	}
	_, err = d.secrets.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &d.secretARN, VersionStage: aws.String(current), MoveToVersionId: put.VersionId,
		RemoveFromVersionId: &version,
	})
	if _, moved := errors.AsType[*types.InvalidParameterException](err); moved {
		_, now, err := d.readSecrets(ctx) // it is this version if the SDK sent the request twice
		return now == aws.ToString(put.VersionId), err
	}
	return err == nil, err
}
