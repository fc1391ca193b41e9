# On a machine where a process may open few files, kasir local warns at the start, and each failed request names the limit.
set -euo pipefail
said=$(ulimit -n 256; "$KASIR" load --payments 60 --parallel 60 2>&1) || true
echo "$said" | cut -c1-200 | tail -3
[[ $said == *'warning: a process may open only 256 files here'* ]] || { echo "the limit is not named"; exit 1; }
failures=$(grep -c 'level=ERROR' <<<"$said" || true)
named=$(grep -c 'raise the limit of open files, ulimit -n 4096' <<<"$said" || true)
echo "$failures answers of 5xx, $named of them name the limit"
[ "$failures" = 0 ] || [ "$named" -gt 0 ]
