# A machine on which a process may open few files says so at the start, and again for every request that fails for it.
set -euo pipefail
said=$(ulimit -n 256; "$KASIR" load --payments 60 --parallel 60 2>&1) || true
echo "$said" | cut -c1-200 | tail -3
[[ $said == *'warning: a process may open 256 files here'* ]] || { echo "the limit is not named"; exit 1; }
failures=$(grep -c 'level=ERROR' <<<"$said" || true)
named=$(grep -c 'raise the limit of open files, ulimit -n 4096' <<<"$said" || true)
echo "$failures answers of 5xx, $named of them with what is short"
[ "$failures" = 0 ] || [ "$named" -gt 0 ]
