# Variables of the shell and of go env -w change nothing: a build for Lambda is the same byte for byte, and a build for
# this machine runs here.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir" .kasir/go.env' EXIT
hash_of() {
  "$@" make --no-print-directory build ARCH=amd64 FUNCTIONS=getpayment >/dev/null
  sha256sum <dist/amd64/getpayment/bootstrap
}
plain=$(hash_of env)
cp "$(go env GOENV)" "$dir/env" 2>/dev/null || true
printf '%s\n' GOOS=windows GOARCH=386 GOAMD64=v3 GOARM64=v9.0 GOEXPERIMENT=nogreenteagc GOFLAGS=-gcflags=-N GOFIPS140=latest >>"$dir/env"
declare -A settings=(
  [exported]="GOOS=windows GOARCH=386 GOAMD64=v3 GOARM64=v9.0 GOEXPERIMENT=nogreenteagc GOFLAGS=-gcflags=-N GOFIPS140=latest GO111MODULE=off"
  [written]="GOENV=$dir/env"
)
for how in exported written; do
  read -ra words <<<"${settings[$how]}"
  [ "$(hash_of env "${words[@]}")" = "$plain" ] || { echo "$how: the build for Lambda differs"; exit 1; }
  env "${words[@]}" make --no-print-directory functions FUNCTIONS=getpayment >/dev/null
  cmp .kasir/functions/getpayment/bootstrap <(env -u GOOS -u GOARCH cat .kasir/functions/getpayment/bootstrap)
  [ "$(head -c 4 .kasir/functions/getpayment/bootstrap | od -An -c | tr -d ' ')" = '177ELF' ] || { echo "$how: the build for this machine is for another"; exit 1; }
  # The function starts, and its error names the missing setting.
  said=$(env -i .kasir/functions/getpayment/bootstrap 2>&1 || true)
  [[ $said == *'setting AWS_REGION is empty'* ]] || { echo "$how: the function does not run here: $said"; exit 1; }
  # The command that describes the stages runs here too.
  facts=$(env "${words[@]}" make --no-print-directory --silent facts STAGE=sandbox)
  [[ $facts == region=* ]] || { echo "$how: infra does not run here: $facts"; exit 1; }
  echo "$how: the same binary, and everything runs here"
done
