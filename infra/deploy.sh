#!/usr/bin/env bash
# What make deploy looks at before it deploys a stage, and says afterwards.
#   deploy.sh check <stage> <region>   every need that is not met, each with what to do; ends with 1 then
#   deploy.sh next <stage>             the URLs of cdk-outputs.<stage>.json, and the next step
# The CDK overwrites that file with what it has just deployed, so each stage has its own.
set -uo pipefail

check() {
  local stage=$1 region=$2 missing=0 account
  need() { echo "  - $1"; missing=1; }
  echo "looking at what a deployment of kasir-$stage to $region needs"
  command -v node >/dev/null || need "Node is not installed: the CDK runs on it, version 20 or newer"
  [ -x node_modules/.bin/cdk ] || need "the CDK's command is not installed: run make npm"
  if ! command -v aws >/dev/null; then
    need "the AWS CLI is not installed: it finds the credentials and fills the secret, https://aws.amazon.com/cli/"
  elif ! account=$(aws sts get-caller-identity --query Account --output text 2>/dev/null); then
    need "there are no AWS credentials that work: run aws sso login or aws configure, or set AWS_PROFILE"
  elif ! aws ssm get-parameter --name /cdk-bootstrap/hnb659fds/version --region "$region" >/dev/null 2>&1; then
    need "account $account is not prepared for the CDK in $region: run node_modules/.bin/cdk bootstrap aws://$account/$region once"
  fi
  [ "$missing" = 0 ] || { echo "nothing was deployed"; return 1; }
}

next() {
  local stage=$1
  value() { node -p "require('./cdk-outputs.$stage.json')['kasir-$stage']['$1'] || ''"; }
  local region secret
  secret=$(value SecretArn)
  region=$(echo "$secret" | cut -d: -f4)
  cat <<END

kasir-$stage is deployed.
  API                $(value ApiUrl)
  notification URL   $(value NotificationUrl)
END
  if ! aws secretsmanager get-secret-value --secret-id "$secret" --region "$region" --query Name >/dev/null 2>&1; then
    cat <<END

Next, fill the secret; until then no function starts. Write secret.json:
  {"client_id":"MCH-…","secret_key":"SK-…","quote_key":"at least 32 random characters"}
then
  aws secretsmanager put-secret-value --region $region --secret-id $secret --secret-string file://secret.json && rm secret.json
END
  fi
  cat <<END

Then paste the notification URL into DOKU's Back Office (Settings, Payment Settings, credit card, Notification URL), confirm the
e-mail that Amazon SNS sent for alarms, and look whether all is well:
  eval "\$(aws configure export-credentials --format env)" && bin/kasir doctor --stage $stage
END
}

case "${1:-}" in
check) check "$2" "$3" ;;
next) next "$2" ;;
*) echo "usage: deploy.sh check <stage> <region> | next <stage>"; exit 2 ;;
esac
