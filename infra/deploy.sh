#!/usr/bin/env bash
# deploy.sh does the checks of make bootstrap, make deploy and make destroy before they begin, and prints the next step.
# A fact is name=value, as infra prints it: region, account (may be empty), reserved executions, lists, and prefix, domain,
# certificate, boundary, readers of the secret, and the restored table and its stream, if the stage has them.
#   deploy.sh check <stage> <fact>…       prints every unmet need with its remedy. If there is one, it ends with 1
#   deploy.sh bootstrap <stage> <fact>…   prepares the account and the region for the CDK
#   deploy.sh steps <stage> <fact>…       prints a line for each deployment that is needed: the lists of its template
#   deploy.sh canary <stage> <fact>…      prints off for the deployment that adopts a restored table, and CANARY for any other
#   deploy.sh next <stage>                prints the URLs of cdk-outputs.<stage>.json and the next step
#   deploy.sh outputs <stage> <fact>…     writes cdk-outputs.<stage>.json for a stage that was deployed from another machine
#   deploy.sh drift <stage> <fact>…       prints every resource that is not as its template says. If there is one, it ends with 1
#   deploy.sh back <stage> <fact>…        gives each function that the last deployment changed its version of before
#   deploy.sh unprotect <stage> <fact>…   removes the stack's protection against deletion
# Each stage has its own file, because the CDK overwrites the file with the stages that it has just deployed.
set -uo pipefail

need() { echo "  - $1"; missing=1; }
note() { echo "  note: $1"; }

# facts reads facts into variables of the same names.
facts() {
  local fact
  region="" account="" reserved=0 lists="" prefix="" domain="" certificate="" boundary="" table="" stream="" readers=""
  for fact; do
    case $fact in
    region=* | account=* | reserved=* | lists=* | prefix=* | domain=* | certificate=* | boundary=* | table=* | stream=* | readers=*) printf -v "${fact%%=*}" %s "${fact#*=}" ;;
    *) echo "deploy.sh has no fact $fact"; exit 2 ;;
    esac
  done
}

check() {
  local stage=$1 major
  shift
  facts "$@"
  missing=0
  echo "checking the needs of a deployment of kasir-$stage to $region"
  if ! command -v node >/dev/null; then
    need "Node is not installed, and the CDK needs it: install version 22"
  else
    major=$(node -p 'parseInt(process.versions.node)')
    if [ "$major" -lt 20 ]; then
      need "Node is $(node --version): the CDK wants version 20 or newer, install 22"
    elif [ "$major" -lt 22 ]; then
      note "Node is $(node --version), which is no longer maintained: the CDK will stop working on it, install version 22"
    fi
  fi
  [ -x node_modules/.bin/cdk ] || need "the CDK's command is not installed: run make npm"
  if check_account && check_region; then
    check_bootstrap "$stage"
    check_executions "$stage"
    check_names "$stage"
    check_stack "$stage"
    [ -z "$table" ] || check_table "$stage"
    check_reader "$stage"
  fi
  [ "$missing" = 0 ] || { echo "nothing was deployed"; return 1; }
}

# check_account finds the credentials, and checks that they are for the stage's account. It asks in a region that every account
# has: the stage's may be off, and without a region of its own the AWS CLI asks nothing.
check_account() {
  local found
  if ! command -v aws >/dev/null; then
    need "the AWS CLI is not installed, and a deployment needs it for the credentials and the secret: see https://aws.amazon.com/cli/"
    return 1
  fi
  if ! found=$(aws sts get-caller-identity --region us-east-1 --query Account --output text 2>/dev/null); then
    need "there are no AWS credentials that work: run aws sso login or aws configure, or set AWS_PROFILE"
    return 1
  fi
  if [ -n "$account" ] && [ "$account" != "$found" ]; then
    need "the credentials are of account $found, but infra/stages.go has $account: set AWS_PROFILE to a profile of that account"
    return 1
  fi
  account=$found
}

# check_region reads the version of the CDK's bootstrap stack in the region. check_bootstrap uses the answer.
check_region() {
  bootstrapped=$(aws ssm get-parameter --name /cdk-bootstrap/hnb659fds/version --region "$region" 2>&1 >/dev/null) && bootstrapped=yes
  [[ $bootstrapped == yes || $bootstrapped == *ParameterNotFound* ]] && return
  need "$region does not answer account $account: ${bootstrapped:-no reason given}
    A region that is off by default, such as ap-southeast-3, must be enabled once. This takes some minutes:
      aws account enable-region --region-name $region
    If it is enabled, these credentials may not read ssm:GetParameter there."
  return 1
}

check_bootstrap() {
  [ "$bootstrapped" = yes ] || need "account $account is not prepared for the CDK in $region: run make bootstrap STAGE=$1 once"
  if [ -n "$boundary" ] && [[ $(aws iam get-policy --region us-east-1 --policy-arn "arn:aws:iam::$account:policy/kasir-boundary" 2>&1) == *NoSuchEntity* ]]; then
    need "account $account has no policy kasir-boundary, which the stage's roles need: run make bootstrap STAGE=$1 once more"
  fi
}

# check_executions checks how many functions the account may run at once. If the role may not read that, the deployment
# will report it.
check_executions() {
  local free all
  read -r free all < <(aws lambda get-account-settings --region "$region" \
    --query 'AccountLimit.[UnreservedConcurrentExecutions,ConcurrentExecutions]' --output text 2>/dev/null)
  [[ ${free:-} =~ ^[0-9]+$ && ${all:-} =~ ^[0-9]+$ ]] || return 0
  if [ "$all" -lt 100 ]; then
    note "the account may run $all functions at once in $region, which carries about $((all * 11 / 10)) pages a second;
    further requests get 503. New accounts begin with 10. Ask for more. This takes days:
      aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region $region"
  fi
  if ! deployed "$1" && [ "$reserved" -gt 0 ] && [ "$free" -lt $((reserved + 100)) ]; then
    need "the account may run $free functions at once in $region, and must have 100 beside the $reserved that infra/stages.go reserves:
    take Concurrency out of the stage, or ask AWS for a higher quota"
  fi
}

# deployed reports whether the stack exists, in any state.
deployed() { [ -n "$(stack_says "$1" 'Stacks[0].StackStatus')" ]; }

stack_says() { aws cloudformation describe-stacks --stack-name "kasir-$1" --region "$region" --query "$2" --output text 2>/dev/null; }

# check_names checks whether somebody else has a name that must be unique: the prefix of the pool's domain, or the API's
# domain. If the role may not read that, the deployment will report it.
check_names() {
  local pool own status names
  if [ -n "$prefix" ]; then
    pool=$(aws cognito-idp describe-user-pool-domain --domain "$prefix" --region "$region" --query DomainDescription.UserPoolId --output text 2>/dev/null)
    own=$(stack_says "$1" "Stacks[0].Outputs[?OutputKey=='PoolId'].OutputValue")
    if [[ $pool == *_* && $pool != "$own" ]]; then
      need "the prefix $prefix is taken in $region, by the pool $pool: write another Pool.DomainPrefix into infra/stages.go"
    fi
  fi
  [ -n "$domain" ] || return 0
  if names=$(aws acm describe-certificate --certificate-arn "$certificate" --region "$region" \
    --query 'Certificate.[Status,SubjectAlternativeNames]' --output text 2>&1); then
    status=${names%%[[:space:]]*}
    [ "$status" = ISSUED ] || need "the certificate of $domain is $status: finish its validation in ACM"
    covers "$domain" ${names#"$status"} || need "the certificate $certificate is not for $domain: it is for$(printf ' %s' ${names#"$status"})"
  elif [[ $names == *ResourceNotFound* ]]; then
    need "there is no certificate $certificate in account $account: make one in ACM, in $region"
  fi
  if ! deployed "$1" && aws apigatewayv2 get-domain-name --domain-name "$domain" --region "$region" >/dev/null 2>&1; then
    need "the domain $domain is another API's in this account: take it out of API Gateway, or write another Domain.Name"
  fi
}

# covers reports whether a certificate's names contain a name or the wildcard for it.
covers() {
  local name=$1 one
  shift
  for one; do
    [[ $one == "$name" || $one == "*.${name#*.}" ]] && return
  done
  return 1
}

# check_table checks a restored table. A restore brings back the items and the indexes, and none of these settings.
check_table() {
  local stage=$1 found index name=" --table-name $table --region $region"
  if ! found=$(aws dynamodb describe-table --table-name "$table" --region "$region" \
    --query 'Table.[TableStatus,LatestStreamArn,StreamSpecification.StreamViewType,DeletionProtectionEnabled,GlobalSecondaryIndexes[].IndexName]' \
    --output text 2>&1); then
    need "the restored table $table could not be read: $found"
    return
  fi
  if adopts "$stage"; then
    note "the deployment gives the functions the restored table $table. It has no canary: all of them get the table and the hold at once"
  fi
  has_word "$found" ACTIVE || need "the restored table $table is not ACTIVE yet: wait for it"
  has_word "$found" NEW_AND_OLD_IMAGES || need "the table $table has no stream with both images: turn it on, and write its ARN into Table.Stream
      aws dynamodb update-table$name --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES"
  has_word "$found" "$stream" || need "Table.Stream is not the stream of $table: write the LatestStreamArn that this prints
      aws dynamodb describe-table$name --query Table.LatestStreamArn --output text"
  has_word "$found" True || need "the table $table is not protected from deletion
      aws dynamodb update-table$name --deletion-protection-enabled"
  for index in due ${lists//,/ }; do
    has_word "$found" "$index" || need "the table $table has no index $index: it was restored without it, or from before its creation; restore it again"
  done
  [[ $(aws dynamodb describe-continuous-backups --table-name "$table" --region "$region" \
    --query 'ContinuousBackupsDescription.PointInTimeRecoveryDescription.PointInTimeRecoveryStatus' --output text 2>/dev/null) == ENABLED ]] ||
    need "the table $table cannot be restored itself
      aws dynamodb update-continuous-backups$name --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true"
  [[ $(aws dynamodb describe-time-to-live --table-name "$table" --region "$region" \
    --query TimeToLiveDescription.TimeToLiveStatus --output text 2>/dev/null) == ENABL* ]] ||
    need "the table $table keeps notifications without order for ever
      aws dynamodb update-time-to-live$name --time-to-live-specification Enabled=true,AttributeName=expires_at"
}

# adopts reports whether a deployment gives the functions a restored table that they do not have yet.
adopts() { [ -n "$table" ] && [ "$(stack_says "$1" "Stacks[0].Outputs[?OutputKey=='TableName'].OutputValue")" != "$table" ]; }

# canary prints off for a deployment that adopts a restored table. With a canary most invocations would go on with the lost
# table for five minutes, without the hold, and the alarms that the loss set off would end the deployment.
canary() {
  local stage=$1
  shift
  facts "$@"
  if adopts "$stage"; then echo off; else echo "${CANARY:-}"; fi
}

# has_word reports whether a text has a word.
has_word() { [[ " ${1//[[:space:]]/ } " == *" $2 "* ]]; }

# check_stack checks the state of the stack. If the role may not read that, the deployment will report it.
check_stack() {
  local stage=$1 secret
  case $(stack_says "$stage" 'Stacks[0].[StackStatus,EnableTerminationProtection]') in
  "") ;;
  ROLLBACK_*True)
    need "an earlier first deployment of kasir-$stage failed, and the failed stack is protected: remove the protection, then deploy again:
      aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name kasir-$stage --region $region"
    ;;
  *)
    secret=$(stack_says "$stage" "Stacks[0].Outputs[?OutputKey=='SecretArn'].OutputValue")
    if [ -n "$secret" ] && is_empty "$secret" "$region"; then
      echo "  the secret of kasir-$stage is still empty: no function starts until it is filled"
    fi
    ;;
  esac
}

# bootstrap runs the CDK's own preparation from an empty folder. In the folder of cdk.json the CDK would describe the
# stages first, and need their binaries.
bootstrap() {
  local stage=$1 cdk=$PWD/node_modules/.bin/cdk empty
  shift
  facts "$@"
  missing=0
  if ! check_account || ! check_region; then
    echo "nothing was prepared"
    return 1
  fi
  local policies="" name
  if [ -n "$boundary" ]; then
    for name in kasir-boundary kasir-execution-data kasir-execution-code; do
      put_policy "$name" || { echo "nothing was prepared: the policy $name could not be written"; return 1; }
      [ "$name" = kasir-boundary ] || policies+=${policies:+,}arn:aws:iam::$account:policy/$name
    done
  fi
  empty=$(mktemp -d) || return 1
  (cd "$empty" && "$cdk" bootstrap "aws://$account/$region" ${policies:+--cloudformation-execution-policies "$policies"})
  local status=$?
  rm -rf "$empty"
  [ "$status" = 0 ] && echo "account $account is prepared in $region; now make deploy STAGE=$stage"
  return "$status"
}

# put_policy writes a policy of the folder policies, as a new version if it is there. IAM keeps five versions.
put_policy() {
  local arn=arn:aws:iam::$account:policy/$1 document version
  document=$(cat "${BASH_SOURCE[0]%/*}/policies/$1.json") || return 1
  document=${document//ACCOUNT/$account}
  if ! aws iam get-policy --region us-east-1 --policy-arn "$arn" >/dev/null 2>&1; then
    aws iam create-policy --region us-east-1 --policy-name "$1" --policy-document "$document" >/dev/null
    return
  fi
  for version in $(aws iam list-policy-versions --region us-east-1 --policy-arn "$arn" --query 'Versions[?!IsDefaultVersion].VersionId' --output text); do
    aws iam delete-policy-version --region us-east-1 --policy-arn "$arn" --version-id "$version" || return 1
  done
  aws iam create-policy-version --region us-east-1 --policy-arn "$arn" --policy-document "$document" --set-as-default >/dev/null
}

# check_reader prints a note if kasir doctor would set off the alarm SecretRead with these credentials. CloudTrail names a
# role with its path, which the ARN of its sessions lacks. In CI the doctor reads no secret.
check_reader() {
  local session role=""
  [ "${GITHUB_ACTIONS:-}" != true ] || return 0
  session=$(aws sts get-caller-identity --region us-east-1 --query Arn --output text 2>/dev/null)
  case $session in
  *:assumed-role/*)
    role=${session#*:assumed-role/}
    role=$(aws iam get-role --role-name "${role%%/*}" --region us-east-1 --query Role.Arn --output text 2>/dev/null)
    ;;
  arn:*) note "kasir doctor --stage $1 would read DOKU's keys as $session, and the alarm SecretRead then sends a page: use a role for it" ;;
  esac
  if [[ $role == arn:* ]] && ! has "$readers" "$role"; then
    note "kasir doctor --stage $1 would read DOKU's keys as you, and the alarm SecretRead then sends a page. If you may read them,
    put your role into SecretReaders in infra/stages.go: $role"
  fi
}

# is_empty reports whether a secret has no value. It does not read the value, which would set off the alarm SecretRead. A
# secret that the role may not describe counts as filled.
is_empty() {
  [ "$(aws secretsmanager describe-secret --secret-id "$1" --region "$2" --output text \
    --query "contains(values(VersionIdsToStages || \`{}\`)[], 'AWSCURRENT')" 2>/dev/null)" = False ]
}

# steps prints the lists of each deployment. CloudFormation creates or deletes one index of a table at a time. A new table
# gets all of them at once. No deployment changes a restored table.
steps() {
  local stage=$1 present now="" list before
  shift
  facts "$@"
  if [ -n "$table" ]; then
    echo "$lists"
    return
  fi
  table=$(stack_says "$stage" "Stacks[0].Outputs[?OutputKey=='TableName'].OutputValue")
  if [ -z "$table" ]; then
    echo "$lists"
    return
  fi
  if ! present=$(aws dynamodb describe-table --table-name "$table" --region "$region" \
    --query 'Table.GlobalSecondaryIndexes[].IndexName' --output text 2>&1); then
    echo "the indexes of $table could not be read, and a deployment may change one at a time: $present" >&2
    return 1
  fi
  for list in $present; do
    [[ $list == @(due|None) ]] || now=${now:+$now,}$list
  done
  before=$now
  for list in ${now//,/ }; do
    has "$lists" "$list" && continue
    now=$(without "$now" "$list")
    echo "$now"
  done
  for list in ${lists//,/ }; do
    has "$now" "$list" && continue
    now=${now:+$now,}$list
    echo "$now"
  done
  [ "$now" != "$before" ] || echo "$now"
}

# has reports whether names, separated by commas, contain a name. without prints the others.
has() { [[ ,$1, == *,$2,* ]]; }
without() {
  local name others=""
  for name in ${1//,/ }; do
    [ "$name" = "$2" ] || others=${others:+$others,}$name
  done
  echo "$others"
}

# check_lists prints how to add the orders of an earlier version to the lists. The lists of an empty table are complete.
check_lists() {
  local stage=$1 table=$2 region=$3 state
  [ -n "$table" ] || return 0
  state=$(aws dynamodb get-item --table-name "$table" --region "$region" --key '{"pk":{"S":"lists"}}' \
    --query Item.d.BOOL --output text 2>/dev/null) || return 0 # a role that may not read the table cannot tell
  [ "$state" != True ] || return 0
  if [ "$(aws dynamodb scan --table-name "$table" --region "$region" --select COUNT --limit 1 --query Count --output text 2>/dev/null)" = 0 ] &&
    aws dynamodb put-item --table-name "$table" --region "$region" --item '{"pk":{"S":"lists"},"s":{"N":"0"},"d":{"BOOL":true}}' \
      --condition-expression 'attribute_not_exists(pk)' >/dev/null 2>&1; then
    return 0
  fi
  cat <<END

Orders of an earlier version are not in the lists yet, and every list has the time since which it is complete. Add them:
  eval "\$(aws configure export-credentials --format env)" && bin/kasir reindex --stage $stage
END
}

next() {
  local stage=$1
  value() { node -p "require('./cdk-outputs.$stage.json')['kasir-$stage']['$1'] || ''"; }
  local region secret webhooks
  secret=$(value SecretArn)
  region=$(echo "$secret" | cut -d: -f4)
  cat <<END

kasir-$stage is deployed.
  API                $(value ApiUrl)
  notification URL   $(value NotificationUrl)
END
  if is_empty "$secret" "$region"; then
    cat <<END

Next, fill the secret. Until then no function starts. Write secret.json:
  {"client_id":"MCH-…","secret_key":"SK-…","quote_key":"at least 32 random characters"}
then
  aws secretsmanager put-secret-value --region $region --secret-id $secret --secret-string file://secret.json && rm secret.json
END
  fi
  check_lists "$stage" "$(value TableName)" "$region"
  webhooks=$(value WebhookSecretArn)
  if [ -n "$webhooks" ] && is_empty "$webhooks" "$region"; then
    cat <<END

The webhooks have no secret yet, and their events wait. Make one for each endpoint of infra/stages.go, and give it to the endpoint:
  bin/kasir webhooks rotate <name> --stage $stage
END
  fi
  cat <<END

Then paste the notification URL into DOKU's Back Office (Settings, Payment Settings, credit card, Notification URL). Confirm the
e-mail that Amazon SNS sent for alarms. Then check the deployment:
  eval "\$(aws configure export-credentials --format env)" && bin/kasir doctor --stage $stage
END
}

outputs() {
  local stage=$1 found
  shift
  facts "$@"
  check_account || return 1
  found=$(aws cloudformation describe-stacks --stack-name "kasir-$stage" --region "$region" --query 'Stacks[0].Outputs' --output json) ||
    { echo "kasir-$stage could not be read in $region: is it deployed there, in this account?"; return 1; }
  echo "$found" | node -e '
    const outputs = JSON.parse(require("fs").readFileSync(0)), [stage] = process.argv.slice(1)
    const flat = Object.fromEntries(outputs.map(o => [o.OutputKey, o.OutputValue]))
    require("fs").writeFileSync(`cdk-outputs.${stage}.json`, JSON.stringify({[`kasir-${stage}`]: flat}, null, 2) + "\n")' "$stage" &&
    echo "wrote cdk-outputs.$stage.json"
}

# drift compares the resources with the template. CloudFormation reads each of them, which takes a minute or two.
drift() {
  local stage=$1 id status changed
  shift
  facts "$@"
  check_account || return 1
  id=$(aws cloudformation detect-stack-drift --stack-name "kasir-$stage" --region "$region" --query StackDriftDetectionId --output text) || return 1
  while
    status=$(aws cloudformation describe-stack-drift-detection-status --stack-drift-detection-id "$id" --region "$region" \
      --query '[DetectionStatus,DetectionStatusReason]' --output text) || return 1
    [[ $status == DETECTION_IN_PROGRESS* ]]
  do sleep 5; done
  [[ $status == DETECTION_COMPLETE* ]] || { echo "kasir-$stage could not be compared with its template: $status"; return 1; }
  changed=$(aws cloudformation describe-stack-resource-drifts --stack-name "kasir-$stage" --region "$region" \
    --stack-resource-drift-status-filters MODIFIED DELETED --output text \
    --query 'StackResourceDrifts[].[StackResourceDriftStatus,LogicalResourceId,ResourceType,to_string(PropertyDifferences[].PropertyPath)]') || return 1
  if [ -n "$changed" ] && [ "$changed" != None ]; then
    echo "kasir-$stage in $region was changed by hand. make deploy does not mend that: change it back, or change the stage."
    echo "$changed"
    return 1
  fi
  echo "kasir-$stage is as its template says"
}

# back moves the aliases within seconds, past CloudFormation and its canary. A function whose version is older than the
# last deployment stays: the version before belongs to a deployment before. So does one whose version before has another
# table, which was lost.
back() {
  local stage=$1 since functions name now changed before version
  shift
  facts "$@"
  check_account || return 1
  since=$(aws cloudformation describe-stacks --stack-name "kasir-$stage" --region "$region" --query 'Stacks[0].LastUpdatedTime' --output text) || return 1
  functions=$(aws cloudformation list-stack-resources --stack-name "kasir-$stage" --region "$region" --output text \
    --query "StackResourceSummaries[?ResourceType=='AWS::Lambda::Function'].PhysicalResourceId") || return 1
  for name in $functions; do
    now=$(aws lambda get-alias --function-name "$name" --name live --region "$region" --query FunctionVersion --output text) || return 1
    changed=$(version_says LastModified "$now") || return 1
    [[ ${changed:0:19} < ${since:0:19} ]] && continue
    before=0
    for version in $(aws lambda list-versions-by-function --function-name "$name" --region "$region" --query 'Versions[].Version' --output text); do
      [[ $version =~ ^[0-9]+$ ]] && [ "$version" -lt "$now" ] && [ "$version" -gt "$before" ] && before=$version
    done
    if [ "$before" = 0 ]; then
      echo "$name stays at version $now: there is none before it"
      continue
    fi
    if [ "$(version_says Environment.Variables.TABLE_NAME "$before")" != "$(version_says Environment.Variables.TABLE_NAME "$now")" ]; then
      echo "$name stays at version $now: version $before has another table"
      continue
    fi
    aws lambda update-alias --function-name "$name" --name live --function-version "$before" --region "$region" \
      --routing-config AdditionalVersionWeights={} >/dev/null || return 1
    echo "$name goes back from version $now to $before"
  done
  echo "now deploy the commit before, which the template must match: make deploy STAGE=$stage CANARY=off"
}

version_says() { aws lambda get-function-configuration --function-name "$name" --qualifier "$2" --region "$region" --query "$1" --output text; }

unprotect() {
  local stage=$1
  shift
  facts "$@"
  check_account || return 1
  aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name "kasir-$stage" --region "$region" >/dev/null
}

case "${1:-}" in
check | bootstrap | steps | canary | next | outputs | drift | back | unprotect) "$@" ;;
*) echo "usage: deploy.sh check|bootstrap|steps|canary|outputs|drift|back|unprotect <stage> <fact>… | next <stage>"; exit 2 ;;
esac
