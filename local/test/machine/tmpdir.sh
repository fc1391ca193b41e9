# The CDK app leaves nothing in TMPDIR, however it exits, and reports an unusable TMPDIR in one sentence.
set -euo pipefail
dir=$(mktemp -d)
functions=$(basename -a functions/*/)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/infra" ./infra
mkdir "$dir/tmp" "$dir/work"
cd "$dir/work" # without dist: a synth fails
export TMPDIR=$dir/tmp
empty() {
  [ -z "$(ls -A "$TMPDIR")" ] || { echo "$1 leaves $(ls "$TMPDIR")"; exit 1; }
  echo "$1 leaves nothing"
}
"$dir/infra" facts sandbox; empty "facts"
"$dir/infra" architectures; empty "architectures"
if "$dir/infra" deployable sandbox; then exit 1; fi; empty "a stage that cannot be deployed"
if "$dir/infra" nonsense; then exit 1; fi; empty "a question that it does not know"
if "$dir/infra"; then exit 1; fi; empty "a synth that fails"
for f in $functions; do
  mkdir -p "dist/arm64/$f"; echo "$f" >"dist/arm64/$f/bootstrap"; chmod 0755 "dist/arm64/$f/bootstrap"
done
STAGE=sandbox CDK_OUTDIR=out CDK_VALIDATION=false "$dir/infra"; empty "a synth"
[ "$(ls out/*.template.json)" = out/kasir-sandbox.template.json ] || { echo "STAGE=sandbox describes $(ls out/*.template.json)"; exit 1; }
STAGE=sandbox CDK_OUTDIR=out CDK_VALIDATION=false "$dir/infra" &
infra=$!
until [ -n "$(find "$TMPDIR" -name 'jsii-kernel*' -print -quit)" ] || ! kill -0 $infra 2>/dev/null; do sleep 0.05; done
kill -INT $infra
status=0
wait $infra || status=$?
[ $status = 130 ] || { echo "Ctrl-C ends it with $status"; exit 1; }
empty "a synth that Ctrl-C ends"
said=$(TMPDIR=$dir/nowhere "$dir/infra" facts sandbox 2>&1) && exit 1
echo "$said"
[[ $said == *"set TMPDIR to a folder that exists"* && $said != *goroutine* && $(wc -l <<<"$said") = 1 ]]
