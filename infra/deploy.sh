#!/usr/bin/env bash
# What make deploy and make destroy look at before they begin, and say afterwards.
#   deploy.sh check <stage> <region> <reserved>   every need that is not met, each with what to do; ends with 1 then
#   deploy.sh next <stage>                        the URLs of cdk-outputs.<stage>.json, and the next step
#   deploy.sh outputs <stage> <region>            writes cdk-outputs.<stage>.json of what is deployed, by whomever
#   deploy.sh unprotect <stage> <region>          lets the stack be deleted
# The CDK overwrites that file with what it has just deployed, so each stage has its own.
set -uo pipefail

need() { echo "  - $1"; missing=1; }

check() {
  local stage=$1 region=$2 reserved=$3 account said
  missing=0
  echo "looking at what a deployment of kasir-$stage to $region needs"
  if ! command -v node >/dev/null; then
    need "Node is not installed: the CDK runs on it, version 20 or newer"
  elif [ "$(node -p 'parseInt(process.versions.node)')" -lt 20 ]; then
    need "Node is $(node --version): the CDK wants version 20 or newer"
  fi
  [ -x node_modules/.bin/cdk ] || need "the CDK's command is not installed: run make npm"
  if ! command -v aws >/dev/null; then
    need "the AWS CLI is not installed: it finds the credentials and fills the secret, https://aws.amazon.com/cli/"
  elif ! account=$(aws sts get-caller-identity --query Account --output text 2>/dev/null); then
    need "there are no AWS credentials that work: run aws sso login or aws configure, or set AWS_PROFILE"
  elif said=$(aws ssm get-parameter --name /cdk-bootstrap/hnb659fds/version --region "$region" 2>&1 >/dev/null); then
    check_stack "$stage" "$region" "$reserved"
  elif [[ $said == *ParameterNotFound* ]]; then
    need "account $account is not prepared for the CDK in $region: run node_modules/.bin/cdk bootstrap aws://$account/$region once"
  else
    need "$region does not answer account $account: ${said:-no reason given}
    A region that is off by default, as ap-southeast-3 is, must be enabled once, which takes some minutes:
      aws account enable-region --region-name $region
    If it is enabled, these credentials may not read ssm:GetParameter there."
  fi
  [ "$missing" = 0 ] || { echo "nothing was deployed"; return 1; }
}

# check_stack looks at what there is of the stack. Whoever may not look is told by the deployment.
check_stack() {
  local stage=$1 region=$2 reserved=$3 status free secret said
  status=$(aws cloudformation describe-stacks --stack-name "kasir-$stage" --region "$region" --query 'Stacks[0].[StackStatus,EnableTerminationProtection]' --output text 2>/dev/null) || status=""
  case $status in
  "")
    free=$(aws lambda get-account-settings --region "$region" --query AccountLimit.UnreservedConcurrentExecutions --output text 2>/dev/null) || free=""
    if [ "$reserved" -gt 0 ] && [[ $free =~ ^[0-9]+$ ]] && [ "$free" -lt $((reserved + 100)) ]; then
      need "the account may run $free functions at once in $region, and must have 100 beside the $reserved that infra/stages.go reserves:
    take Concurrency out of the stage, or have the quota raised"
    fi
    ;;
  ROLLBACK_*True)
    need "an earlier attempt to make kasir-$stage failed, and its remains are protected: let them be deleted, then deploy again:
      aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name kasir-$stage --region $region"
    ;;
  *)
    secret=$(aws cloudformation describe-stacks --stack-name "kasir-$stage" --region "$region" --query "Stacks[0].Outputs[?OutputKey=='SecretArn'].OutputValue" --output text 2>/dev/null)
    if [ -n "$secret" ] && is_empty "$secret" "$region"; then
      echo "  the secret of kasir-$stage is still empty: no function starts until it is filled"
    fi
    ;;
  esac
}

# is_empty says whether a secret has no value. One that may not be looked at may have one.
is_empty() {
  local said
  said=$(aws secretsmanager get-secret-value --secret-id "$1" --region "$2" --query Name 2>&1 >/dev/null) && return 1
  [[ $said == *ResourceNotFoundException* ]]
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
  if is_empty "$secret" "$region"; then
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

outputs() {
  local stage=$1 region=$2 found
  found=$(aws cloudformation describe-stacks --stack-name "kasir-$stage" --region "$region" --query 'Stacks[0].Outputs' --output json) ||
    { echo "kasir-$stage could not be read in $region: is it deployed, and by this account?"; return 1; }
  echo "$found" | node -e '
    const outputs = JSON.parse(require("fs").readFileSync(0)), [stage] = process.argv.slice(1)
    const flat = Object.fromEntries(outputs.map(o => [o.OutputKey, o.OutputValue]))
    require("fs").writeFileSync(`cdk-outputs.${stage}.json`, JSON.stringify({[`kasir-${stage}`]: flat}, null, 2) + "\n")' "$stage" &&
    echo "wrote cdk-outputs.$stage.json"
}

unprotect() {
  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name "kasir-$1" --region "$2" >/dev/null
}

case "${1:-}" in
check) check "$2" "$3" "$4" ;;
next) next "$2" ;;
outputs) outputs "$2" "$3" ;;
unprotect) unprotect "$2" "$3" ;;
*) echo "usage: deploy.sh check <stage> <region> <reserved> | next <stage> | outputs <stage> <region> | unprotect <stage> <region>"; exit 2 ;;
esac
